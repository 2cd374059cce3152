import type { Shown } from '#protocol/push.ts';
import type { NotificationWords } from './notification-words.ts';
import { notifiedText } from './notification-words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { conversationName, type PeopleById } from '#app/shown/name.ts';
import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import { countsAsUnread, type MessageRecord } from '#protocol/record.ts';

const MAX_LINES = 4;

/** The data stored with a notification: enough to act on it when the app is not open. */
export interface NotificationData {
  userId: UserId;
  stream: ConversationId;
  seq: number;
  /** How far the server's clock was ahead, because another run of the worker may act on the notification. Absent in older ones. */
  serverAheadMs?: number;
}

export interface NotificationText {
  title: string;
  body: string;
}

interface NotificationTextParts {
  row: ConversationRow;
  /** Messages held above the person's mark, ascending. */
  messages: readonly MessageRecord[];
  people: PeopleById;
  self: UserId;
  show: Shown;
  words: NotificationWords;
}

/** The text of a chat's notification, from the rows that the device holds; undefined if they are not enough. [PU5] */
export function notificationText({
  row,
  messages,
  people,
  self,
  show,
  words,
}: NotificationTextParts): NotificationText | undefined {
  const unread = messages.filter((message) => countsAsUnread(message, self));
  if (unread.length === 0) return undefined;
  const count = unread.length > 1 ? words.messages(unread.length) : words.message;
  if (show === 'nothing') return { title: 'TeamLink', body: count };
  const name = conversationName(row, self, people);
  if (name.kind !== 'named') return undefined;
  if (show === 'sender') return { title: name.name, body: count };
  const lines = unread.slice(-MAX_LINES).map((message) => {
    const text = notifiedText(message, words);
    const sender = people.get(message.senderId)?.name;
    return isDirect(row.stream) || sender === undefined ? text : `${sender}: ${text}`;
  });
  return { title: name.name, body: lines.join('\n') };
}
