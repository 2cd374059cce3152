import { isVisible } from '#protocol/names.ts';
import type { Words } from './words.ts';

/** A message in a line of text: what it says, otherwise how many files it has, otherwise that there is nothing to see. [SH8] */
export function messageTextWords({ text, attachments }: { text: string; attachments: number }, words: Words): string {
  if (isVisible(text)) return text;
  return attachments > 0 ? words('chat.attachment', { count: attachments }) : words('chat.invisible');
}

/** Its start on one line. Laying out 8,000 characters for every row that shows some would be slow. */
export function oneLine(text: string): string {
  return text.slice(0, 200).replace(/\s+/gu, ' ').toWellFormed();
}
