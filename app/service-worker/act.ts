import { markRead, mutedUntil, updateMembership } from '#app/ops/own.ts';
import { sendMessage } from '#app/ops/messages.ts';
import type { NewOp } from '#app/ops/rules.ts';
import { createOutbox } from '#app/sync/outbox.ts';
import { correctedNow, noteServerAhead } from '#app/ui/server-clock.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { uuidV7 } from '#protocol/ids.ts';
import type { NotificationData } from './notification.ts';
import { closeRead, dataOf, showBadge } from './notify.ts';
import { type OpenPerson, withPerson } from './person.ts';
import { send, sendLater } from './send.ts';

declare const self: ServiceWorkerGlobalScope;

/** If the browser supports it, the person writes the reply in the notification. */
interface Pressed {
  action: string;
  reply?: string | null;
  notification: Notification;
}

/** A press on a notification opens its chat; a button acts without a window, and when offline, once there is a network. [CL13] */
export async function act({ action, reply, notification }: Pressed): Promise<void> {
  notification.close();
  const data = dataOf(notification);
  if (data === undefined) return openApp((notification.data as { path?: string } | null)?.path ?? '/settings');
  const text = reply?.trim() ?? '';
  // Chromium on Linux reports a reply without the name of its button.
  const pressed = text === '' ? action : 'reply';
  if (text === '' && (action === '' || action === 'reply')) return openApp(chatPath(data.stream));
  if (data.serverAheadMs !== undefined) noteServerAhead(data.serverAheadMs);
  await withPerson(async (person) => {
    // Somebody else has signed in since.
    if (person.userId !== data.userId) return;
    await queue(person, ...opsFor(pressed, text, data));
    await closeRead(person);
    await showBadge(person);
    if (!(await send(person))) await sendLater();
  });
}

function opsFor(action: string, text: string, { stream, seq }: NotificationData): NewOp[] {
  switch (action) {
    case 'reply':
      // A person who answers has read the chat.
      return [sendMessage(stream, { text }, correctedNow()), markRead(stream, seq)];
    case 'read':
      return [markRead(stream, seq)];
    case 'mute':
      return [updateMembership(stream, { mutedUntil: mutedUntil('hour', correctedNow()) })];
    default:
      return [];
  }
}

async function queue({ store }: OpenPerson, ...ops: NewOp[]): Promise<void> {
  const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  const outbox = createOutbox(store, newId, { queued: () => undefined, reserve: () => undefined });
  for (const op of ops) await outbox.queue(op);
}

/** Focuses an open window, which may be in use; it decides itself how to show the page. */
async function openApp(path: string): Promise<void> {
  const [window] = await self.clients.matchAll({ type: 'window' });
  if (window === undefined) return void (await self.clients.openWindow(path));
  window.postMessage({ type: 'OPEN', path });
  await window.focus().catch(() => undefined);
}
