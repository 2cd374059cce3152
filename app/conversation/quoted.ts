import { messageTextWords, oneLine } from '#app/i18n/message-text-words.ts';
import type { Words } from '#app/i18n/words.ts';
import type { Attachment } from '#protocol/record.ts';

export interface Quoted {
  who: string;
  text: string;
}

interface Quotable {
  senderId: string;
  text: string;
  isDeleted: boolean;
  attachments: readonly Attachment[];
}

/** A message as a quote: the sender, and the start of the text on one line. */
export function quotedAs(message: Quotable, nameOf: (userId: string) => string, words: Words): Quoted {
  const text = message.isDeleted ? words('chat.deleted') : oneLine(messageTextWords(message, words));
  return { who: nameOf(message.senderId), text };
}
