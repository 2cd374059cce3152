import { withoutMarkup } from '#protocol/markup.ts';
import { isVisible } from '#protocol/names.ts';
import type { Words } from './words.ts';

interface Worded {
  text: string;
  poll?: unknown;
  attachments: readonly { kind: 'image' | 'video' | 'audio' | 'voice' | 'document'; name: string }[];
}

/**
 * A message in words: its question or text, otherwise its files, otherwise a note that there is nothing visible. [SH8] Its markup
 * is removed, and `hidden` replaces its hidden words.
 */
export function messageTextWords({ text, poll, attachments }: Worded, words: Words, hidden?: string): string {
  const plain = withoutMarkup(text, hidden);
  if (poll !== undefined) return words('chat.poll', { text: plain });
  if (isVisible(plain)) return plain;
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

/** The start of a text that somebody wrote, on one line and without its markup. */
export function previewOf(text: string): string {
  return oneLine(withoutMarkup(text));
}
