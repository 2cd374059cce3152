import { messageTextWords, oneLine } from '#app/i18n/message-text-words.ts';
import type { Words } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { OpId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';

export interface Quoted {
  who: string;
  text: string;
}

/** The quotes in a list of messages, by the id of the message that is quoted. Messages that are not loaded are not among them. */
export type Quotes = Readonly<Record<OpId, Quoted>>;

interface Quotable {
  senderId: string;
  text: string;
  isDeleted: boolean;
  isWithheld?: true;
  attachments: readonly Attachment[];
}

/** A message as a quote: the sender, and the start of the text on one line; or that it is hidden, and why. [BL5] */
export function quotedAs(message: Quotable, nameOf: (userId: string) => string, words: Words): Quoted {
  const who = nameOf(message.senderId);
  if (message.isWithheld) return { who: '', text: words('block.hidden', { name: who }) };
  const text = message.isDeleted ? words('list.deleted') : oneLine(messageTextWords(message, words));
  return { who, text };
}

export function quotesIn(items: readonly TimelineItem[], nameOf: (userId: string) => string, words: Words): Quotes {
  const ids = new Set(items.map(({ replyTo }) => replyTo));
  return Object.fromEntries(
    items.filter(({ id }) => ids.has(id)).map((item) => [item.id, quotedAs(item, nameOf, words)]),
  ) as Quotes;
}
