import { withoutMarkup } from '#protocol/markup.ts';
import { isVisible } from '#protocol/names.ts';
import type { MessageRecord } from '#protocol/record.ts';

/*
 * The words of notifications. They have a table of their own, because the service worker shows them and has neither React nor the
 * catalogues.
 */
const english = {
  message: 'New message',
  messages: (count: number) => `${count} new messages`,
  test: 'Notifications work on this device.',
  reply: 'Reply',
  read: 'Mark as read',
  mute: 'Mute for an hour',
  poll: (text: string) => `Poll: ${text}`,
  image: 'Picture',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  document: 'File',
};
export type NotificationWords = typeof english;

const german: NotificationWords = {
  message: 'Neue Nachricht',
  messages: (count) => `${count} neue Nachrichten`,
  test: 'Mitteilungen funktionieren auf diesem Gerät.',
  reply: 'Antworten',
  read: 'Als gelesen markieren',
  mute: 'Eine Stunde stummschalten',
  poll: (text) => `Umfrage: ${text}`,
  image: 'Bild',
  video: 'Video',
  audio: 'Audio',
  voice: 'Sprachnachricht',
  document: 'Datei',
};

export function notificationWords(language: string): NotificationWords {
  return language.startsWith('de') ? german : english;
}

/** A message on one line, without its markup and its hidden words. */
export function notifiedText(
  { text, attachments, poll }: Pick<MessageRecord, 'text' | 'attachments' | 'poll'>,
  words: NotificationWords,
): string {
  const [first] = attachments;
  const plain = withoutMarkup(text);
  const line = plain.slice(0, 500).replace(/\s+/gu, ' ');
  if (isVisible(plain)) return poll === undefined ? line : words.poll(line);
  return first === undefined ? words.message : words[first.kind];
}
