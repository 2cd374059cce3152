import { forgetUnsavedTexts } from '#app/conversation/unsaved-texts.ts';
import type { Device } from '#app/local-store/device.ts';
import { forgetDeviceFacts } from '#app/sync/device-fact-keys.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import type { UserId } from '#protocol/ids.ts';

/** Names the person whose rows still have to be removed from this device. */
const WIPE = 'wipe-person';
const LOCK = 'teamlink-wipe';

/**
 * To be called before a sign-out is shown: whatever happens to this page afterwards, the next one finishes the wipe. From now on,
 * the service worker has nobody to notify.
 */
export async function requestWipe(device: Device, userId: UserId): Promise<void> {
  await device.set(WIPE, userId);
  await forgetDeviceFacts(device);
}

export async function pendingWipe(device: Device): Promise<UserId | undefined> {
  return (await device.get(WIPE)) as UserId | undefined;
}

/**
 * Removes everything about the person whose wipe is pending, if there is one. [CL6] One tab at a time does this, because a second
 * wipe could remove the rows of somebody who has signed in again. Nobody is signed in meanwhile.
 */
export function finishWipe(device: Device): Promise<void> {
  return inTurn(async () => {
    const userId = await pendingWipe(device);
    if (userId === undefined) return;
    // Again, because a page that was still open may have written them.
    await forgetDeviceFacts(device);
    forgetUnsavedTexts(userId);
    // Not awaited: the server ends the subscription with the session, and nobody should wait for the browser's push service.
    void import('#app/push/subscription.ts').then(({ endPush }) => endPush()).catch(() => undefined);
    // Lazy, because it is loaded with the store, which is not needed before a sign-in.
    const { wipePerson } = await importWithRetry(() => import('#app/local-store/open.ts'));
    try {
      await wipePerson(userId);
    } finally {
      await device.remove(WIPE);
    }
  });
}

function inTurn(work: () => Promise<void>): Promise<void> {
  // Pages without a secure origin have no locks.
  const locks = navigator.locks as LockManager | undefined;
  return locks === undefined ? work() : locks.request(LOCK, work);
}
