import { eventWords, type EventReader } from '#app/i18n/event-words.ts';
import { clockTime, daysBetween, longDay } from '#app/i18n/instants.ts';
import { messageTextWords } from '#app/i18n/message-text-words.ts';
import type { Words } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';

/** The heading above the first message of a day. */
export function dayWords(at: Date, today: Date, words: Words): string {
  const days = daysBetween(at, today);
  if (days <= 0) return words('chat.today');
  return days === 1 ? words('chat.yesterday') : longDay(at, today);
}

/** Sender, time, text and state: what a screen reader says of one message. */
export function readAloud(item: TimelineItem, reader: EventReader, words: Words): string {
  if (item.event !== undefined) return eventWords(item.event, reader, words);
  if (item.isWithheld) return words('block.hidden', { name: reader.nameOf(item.senderId) });
  const sender = item.isOwn ? words('chat.you') : reader.nameOf(item.senderId);
  const text = item.isDeleted ? words('list.deleted') : messageTextWords(item, words, words('chat.hiddenWords'));
  const state = item.status === undefined ? '' : `, ${words(`status.${item.status}`)}`;
  return `${sender}, ${clockTime(item.at)}: ${text}${state}`;
}
