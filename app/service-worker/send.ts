import { pullOnce, sendQueued, underLock } from '#app/sync/without-page.ts';
import { filesWanted } from '#app/media/files-wanted.ts';
import { askServer } from './ask-server.ts';
import { closeRead, showBadge } from './notify.ts';
import { type OpenPerson, withPerson } from './person.ts';
import { sendFiles } from './send-files.ts';

declare const self: ServiceWorkerGlobalScope;

/** The tag of Background Sync; the browser fires it once there is a network. */
export const OUTBOX = 'outbox';
/** The tag of periodic sync, which browsers grant to apps that are used often. */
export const CATCH_UP = 'catch-up';
const SENT_WITHIN_MS = 20_000;
/** Browsers end a background sync after some minutes. */
const UPLOADED_WITHIN_MS = 120_000;

/** Resolves to whether everything was sent that can be sent now. [CL13] */
export function send({ store, userId }: OpenPerson): Promise<boolean> {
  const ask = askServer(userId, SENT_WITHIN_MS);
  return underLock(userId, (isAlone) => sendQueued(store, ask, isAlone));
}

/** Background Sync: queued ops and files are sent after the last tab was closed. Rejects if it must be tried again. [CL13] */
export async function sendOutbox(): Promise<void> {
  const isSent = await withPerson(async (person) => {
    // Texts first, and then messages that waited for their files.
    await send(person);
    await sendFiles(person, AbortSignal.timeout(UPLOADED_WITHIN_MS));
    return (await send(person)) && filesWanted(await person.store.outbox()).size === 0;
  });
  if (isSent === false) throw new Error('the outbox is not empty yet');
}

/** After a push there is a network, so without Background Sync a reply that was written offline is sent now. Never rejects. [CL13] */
export async function sendAfterPush(): Promise<void> {
  // What could not be sent waits for the next push or page.
  await withPerson(send).catch(() => undefined);
}

export async function sendLater(): Promise<void> {
  // Without Background Sync, the next page or the next push sends it.
  const { sync } = self.registration as { sync?: { register(tag: string): Promise<void> } };
  await sync?.register(OUTBOX).catch(() => undefined);
}

/** Periodic sync: sends what waits, and closes the notifications of messages that were read on another device. [ask 7] */
export async function catchUp(): Promise<void> {
  await withPerson(async (person) => {
    await send(person);
    const ask = askServer(person.userId, SENT_WITHIN_MS);
    await underLock(person.userId, () => pullOnce(person.store, ask, []));
    await closeRead(person);
    await showBadge(person);
  });
}
