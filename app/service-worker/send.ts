import { askOverHttp, pullOnce, sendQueued, underLock } from '#app/sync/without-page.ts';
import { filesWanted } from '#app/media/files-wanted.ts';
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

/** Resolves to whether nothing is left that could leave now. [CL13] */
export function send({ store, userId }: OpenPerson): Promise<boolean> {
  const ask = askOverHttp(userId, AbortSignal.timeout(SENT_WITHIN_MS));
  return underLock(userId, (isAlone) => sendQueued(store, ask, isAlone));
}

/** Background Sync: what was queued leaves after the last tab was closed, files too. Rejects where it must be tried again. [CL13] */
export async function sendOutbox(): Promise<void> {
  const isSent = await withPerson(async (person) => {
    // Texts first, and then what waited for its files.
    await send(person);
    await sendFiles(person, AbortSignal.timeout(UPLOADED_WITHIN_MS));
    return (await send(person)) && filesWanted(await person.store.outbox()).size === 0;
  });
  if (isSent === false) throw new Error('the outbox is not empty yet');
}

/** After a push there is a network: without Background Sync, a reply leaves now that was written offline. Never rejects. [CL13] */
export async function sendAfterPush(): Promise<void> {
  // What could not leave waits for the next push or page.
  await withPerson(send).catch(() => undefined);
}

export async function sendLater(): Promise<void> {
  // Without Background Sync, the next page or the next push sends it.
  const { sync } = self.registration as { sync?: { register(tag: string): Promise<void> } };
  await sync?.register(OUTBOX).catch(() => undefined);
}

/** Periodic sync: what waits leaves, and what was read on another device no longer stands among the notifications. [ask 7] */
export async function catchUp(): Promise<void> {
  await withPerson(async (person) => {
    await send(person);
    const ask = askOverHttp(person.userId, AbortSignal.timeout(SENT_WITHIN_MS));
    await underLock(person.userId, () => pullOnce(person.store, ask, []));
    await closeRead(person);
    await showBadge(person);
  });
}
