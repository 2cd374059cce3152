import { chatPath } from '#protocol/chat-path.ts';
import type { UserId } from '#protocol/ids.ts';
import { withoutMarkup } from '#protocol/markup.ts';
import type { PushMessage, PushPayload } from '#protocol/push.ts';
import type { MessageRecord } from '#protocol/record.ts';

/** Encrypted, with headers and padding, it stays well below the 4,096 bytes that every push service accepts. [PU4] */
export const MAX_PAYLOAD_BYTES = 3_000;
const APP_NAME = 'TeamLink';
/** The lengths to which a text is cut, tried from long to short until everything fits. */
const TEXT_LENGTHS = [1_000, 600, 300, 100, 30, 0];
const MAX_NAME = 100;

export interface Notified {
  message: PushMessage;
  /** The app's address as the device sees it. */
  origin: string;
  unread: number;
  /** The newest message, and its sender. */
  newest: Pick<MessageRecord, 'text' | 'attachments' | 'createdAt' | 'poll'>;
  sender: string;
  /** Of a group. */
  title: string | undefined;
}

/** The payload as JSON: the text is cut and old read marks are left out until it fits. */
export function payloadOf(notified: Notified): string {
  const { message } = notified;
  let marks = Object.entries(message.read);
  for (;;) {
    for (const length of TEXT_LENGTHS) {
      const json = JSON.stringify(compose(notified, length, Object.fromEntries(marks)));
      if (Buffer.byteLength(json) <= MAX_PAYLOAD_BYTES) return json;
    }
    marks = marks.slice(0, Math.floor(marks.length / 2));
  }
}

export function testPayload(userId: UserId, origin: string): string {
  return JSON.stringify({
    web_push: 8030,
    notification: { title: APP_NAME, body: '', navigate: `${origin}/settings`, tag: 'test' },
    app_badge: 0,
    mutable: true,
    teamlink: { version: 1, kind: 'test', userId },
  } satisfies PushPayload);
}

function compose(notified: Notified, length: number, read: Record<string, number>): PushPayload {
  const { message, origin, unread } = notified;
  return {
    web_push: 8030,
    notification: {
      ...wordsOf(notified, length),
      navigate: `${origin}${chatPath(message.stream)}`,
      tag: message.stream,
      ...(message.isSilent === undefined ? {} : { silent: message.isSilent }),
    },
    app_badge: unread,
    mutable: true,
    teamlink: { ...message, read },
  };
}

/**
 * Hidden content is not in the payload at all, so somebody who finds the device, or reads the push service's memory, finds
 * nothing. [PU5]
 */
function wordsOf({ message, newest, sender, title }: Notified, length: number): { title: string; body: string } {
  if (message.show === 'nothing') return { title: APP_NAME, body: '' };
  const name = cut(sender, MAX_NAME);
  const heading = title === undefined ? name : cut(title, MAX_NAME);
  const before = title === undefined ? '' : name;
  if (message.show === 'sender') return { title: heading, body: before };
  const said = newest.text === '' ? (newest.attachments[0]?.name ?? '') : withoutMarkup(newest.text);
  // The server doesn't know the person's language, so the worker adds the words.
  const text = cut(newest.poll === undefined ? said : `📊 ${said}`, length);
  return { title: heading, body: before === '' ? text : `${before}: ${text}` };
}

/** Never cuts a character in two. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length);
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}
