import { isVisible } from '#protocol/names.ts';
import type { Words } from './words.ts';

interface Worded {
  text: string;
  poll?: unknown;
  attachments: readonly { kind: 'image' | 'video' | 'audio' | 'voice' | 'document'; name: string }[];
}

/** A message in a line of text: what it asks or says, otherwise which files it has, otherwise that there is nothing to see. [SH8] */
export function messageTextWords({ text, poll, attachments }: Worded, words: Words): string {
  if (poll !== undefined) return words('chat.poll', { text });
  if (isVisible(text)) return text;
  const [first, ...more] = attachments;
  if (first === undefined) return words('chat.invisible');
  if (more.length > 0) return words('chat.attachment', { count: attachments.length });
  return first.kind === 'document' ? first.name : words(KINDS[first.kind]);
}

const KINDS = { image: 'chat.image', video: 'chat.video', audio: 'chat.audio', voice: 'chat.voice' } as const;

/** Its start on one line. Laying out 8,000 characters for every row that shows some would be slow. */
export function oneLine(text: string): string {
  return text.slice(0, 200).replace(/\s+/gu, ' ').toWellFormed();
}
