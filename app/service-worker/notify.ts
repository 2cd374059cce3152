import type * as v from 'valibot';
import { notificationWords, type NotificationWords } from './notification-words.ts';
import { shownConversation } from '#app/shown/conversation.ts';
import { callingUnread } from '#app/shown/list-entry.ts';
import { isMuted } from '#app/shown/mute.ts';
import { peopleNamedBy } from '#app/shown/name.ts';
import { createListReader } from '#app/shown/list-rows.ts';
import { withoutBlocked } from '#app/shown/withheld.ts';
import { pullOnce, underLock } from '#app/sync/without-page.ts';
import { correctedNow, serverAheadMs } from '#app/ui/server-clock.ts';
import { directPeer, isDirect } from '#protocol/ids.ts';
import { AnyPushPayload, PushPayload, shownOf, type PushMessage } from '#protocol/push.ts';
import { parse } from '#protocol/shape.ts';
import { askServer } from './ask-server.ts';
import { lockOf } from './lock-of.ts';
import { notificationText, type NotificationData, type NotificationText } from './notification.ts';
import { pictureAddress } from './notification-picture.ts';
import { type OpenPerson, withPerson } from './person.ts';

declare const self: ServiceWorkerGlobalScope;

/** Browsers end an event of the worker some seconds later. */
const PULLED_WITHIN_MS = 6_000;
const MAX_MESSAGES = 20;
const NOTHING_NEW = 'nothing-new';
const NOTHING_NEW_MS = 1_000;
const ICON = '/icons/icon-192.png';
const BADGE = '/icons/monochrome-512.png';

type Given = v.InferOutput<typeof AnyPushPayload>['notification'];

/** The options of browsers; TypeScript's types lack those that only some support. */
interface FullOptions extends NotificationOptions {
  renotify?: boolean;
  actions?: { action: string; title: string; type?: 'text' | 'button' }[];
}

/**
 * A push: first the messages are fetched and stored, so that the app opens with them even offline, then the notification is
 * shown. Without them it shows the payload's text. Every push shows one, because otherwise browsers end the subscription.
 * [PU3] [PU4]
 */
export async function notify(data: PushMessageData | null): Promise<void> {
  const json = jsonOf(data);
  const isHandled = await withPerson(async (person) => {
    const words = notificationWords(person.language);
    const given = parse(AnyPushPayload, json);
    // A push to somebody who was signed in here before shows nothing of theirs.
    if (!given.ok || given.value.teamlink.userId !== person.userId) return false;
    const { notification } = given.value;
    const payload = parse(PushPayload, json);
    if (!payload.ok)
      await showUnknown(
        (await lockOf(person.device)) === 'none' ? notification : { ...notification, ...nothingOf(words) },
        words,
      );
    else if (payload.value.teamlink.kind === 'test') await show('TeamLink', { body: words.test, tag: 'test' });
    else await notifyOf(person, payload.value.teamlink, notification, words);
    return true;
  }).catch(() => false);
  if (isHandled !== true) await showAndClose(notificationWords(self.navigator.language));
}

async function notifyOf(person: OpenPerson, message: PushMessage, given: NotificationText, words: NotificationWords) {
  const { store, userId } = person;
  const { stream, seq } = message;
  const ask = askServer(userId, PULLED_WITHIN_MS);
  // If the pull fails halfway, what was stored stays stored.
  await underLock(userId, () => pullOnce(store, ask, [stream])).catch(() => false);

  const stored = await store.conversation(stream);
  // Includes ops that were made offline and have not been sent yet.
  const row = stored && shownConversation(stored, await store.outbox(), userId);
  const readSeq = Math.max(row?.membership?.readSeq ?? 0, message.read[stream] ?? 0);
  const isMention = message.isMention === true;
  // A mention is shown despite a mute if the person wants that, which the server knows.
  const isUnwanted = !isMention && (isMuted(row?.membership, correctedNow()) || row?.membership?.notify !== undefined);
  const isRead = readSeq >= seq || isUnwanted || row?.membership?.notify === 'nothing';
  const lock = await lockOf(person.device);
  const isHidden = lock !== 'none';
  const shows = isHidden ? 'nothing' : shownOf(message.show, row?.membership?.preview);
  // Before anything is shown, because Chromium may lose a notification if it is asked for all of them while it shows one.
  await closeRead(person, message.read);
  const shown = await self.registration.getNotifications({ tag: stream });
  const isShown = shown.some((each) => (dataOf(each)?.seq ?? 0) >= seq);
  if (isShown || (lock !== 'locked' && (await isWatched()))) {
    // It was shown already, because the same push may arrive twice, or the page itself shows the chat. A locked page shows nothing.
  } else if (isRead) await showAndClose(words);
  else {
    const held = await store.messages(stream, { fromSeq: readSeq + 1, limit: MAX_MESSAGES });
    const unread = withoutBlocked(held, stream, await store.blocked());
    const messages = isMention ? unread.filter(({ mentions }) => mentions.includes(userId)) : unread;
    const people = await store.people([
      ...(isDirect(stream) ? [directPeer(stream, userId)] : []),
      ...messages.flatMap(peopleNamedBy),
    ]);
    // If the pull has failed, the payload is newer than the messages that are held.
    const isHeld = row !== undefined && row.lastSeq >= seq;
    const text =
      (isHeld ? notificationText({ row, messages, people, self: userId, show: shows, words }) : undefined) ??
      fallback({ ...message, show: shows }, isHidden ? nothingOf(words) : given, words);
    const data: NotificationData = {
      userId,
      stream,
      seq: Math.max(seq, row?.lastSeq ?? 0),
      serverAheadMs: serverAheadMs(),
    };
    const silent = message.isSilent === true;
    // While the app is locked, nobody can answer in the person's name.
    const actions = isHidden ? [] : actionsIn(words);
    const avatar = isDirect(stream) ? people.get(directPeer(stream, userId))?.avatar : row?.record?.avatar;
    const picture = shows === 'nothing' ? undefined : await pictureAddress(userId, avatar);
    const icon = picture === undefined ? {} : { icon: picture };
    await show(text.title, { body: text.body, tag: stream, renotify: true, silent, data, actions, ...icon });
  }
  await showBadge(person);
}

/** The payload's text, if the device could not fetch more. */
function fallback(
  { attachment, show: shown }: PushMessage,
  { title, body }: NotificationText,
  words: NotificationWords,
): NotificationText {
  if (shown !== 'text') return { title, body: words.message };
  return { title, body: attachment === undefined ? body || words.message : words[attachment] };
}

const nothingOf = (words: NotificationWords): NotificationText => ({ title: 'TeamLink', body: words.message });

/** Chromium on Linux counts buttons without the one for a reply, so no visible button may follow that one. It shows two buttons. */
function actionsIn(words: NotificationWords): NonNullable<FullOptions['actions']> {
  return [
    { action: 'read', title: words.read },
    { action: 'reply', title: words.reply, type: 'text' },
    { action: 'mute', title: words.mute },
  ];
}

/** Closes the notifications of messages that were read elsewhere, according to the rows or the push. [ask 7] */
export async function closeRead({ store }: Pick<OpenPerson, 'store'>, read: Readonly<Record<string, number>> = {}) {
  for (const notification of await self.registration.getNotifications()) {
    const data = dataOf(notification);
    if (data === undefined) continue;
    const readSeq = (await store.conversation(data.stream))?.membership?.readSeq ?? 0;
    if (Math.max(readSeq, read[data.stream] ?? 0) >= data.seq) notification.close();
  }
}

/** The badge of the app's icon is the number in the page's title. [ask 27] */
export async function showBadge({ store, userId }: Pick<OpenPerson, 'store' | 'userId'>): Promise<void> {
  if (!('setAppBadge' in navigator)) return;
  const list = await store.snapshot((reading) => createListReader(userId).read(reading));
  await navigator.setAppBadge(callingUnread(list.rows, { ...list, self: userId, now: correctedNow() }));
}

/** Undefined for a notification that is not about a chat that this worker knows. */
export function dataOf({ data }: Notification): NotificationData | undefined {
  return data !== null && typeof data === 'object' && 'stream' in data ? (data as NotificationData) : undefined;
}

async function isWatched(): Promise<boolean> {
  const windows = await self.clients.matchAll({ type: 'window' });
  return windows.some((window) => window.visibilityState === 'visible');
}

async function show(title: string, options: FullOptions): Promise<void> {
  await self.registration.showNotification(title, { icon: ICON, badge: BADGE, ...options });
}

/**
 * For a push that tells the person nothing new. It stays for a moment after the event, because Chromium shows its own
 * notification if there is none when the event ends.
 */
async function showAndClose(words: NotificationWords): Promise<void> {
  await show('TeamLink', { body: words.message, tag: NOTHING_NEW, silent: true });
  setTimeout(() => void closeNothingNew(), NOTHING_NEW_MS);
}

async function closeNothingNew(): Promise<void> {
  for (const each of await self.registration.getNotifications({ tag: NOTHING_NEW })) each.close();
}

/** A newer server has sent this to a worker that has not been updated yet. [PU9] */
async function showUnknown({ title, body, navigate, tag }: Given, words: NotificationWords): Promise<void> {
  const path = URL.canParse(navigate) ? new URL(navigate).pathname : '/';
  await show(title, { body: body || words.message, tag, renotify: true, data: { path } });
}

function jsonOf(data: PushMessageData | null): unknown {
  try {
    return data?.json();
  } catch {
    // It is not JSON, so our server has not sent it.
    return undefined;
  }
}
