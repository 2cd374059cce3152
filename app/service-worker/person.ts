import { openDevice, type Device } from '#app/local-store/device.ts';
import { engineWrites } from '#app/local-store/engine-writes.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { openLocalStore } from '#app/local-store/open.ts';
import { readNotified } from '#app/sync/device-facts.ts';
import type { UserId } from '#protocol/ids.ts';

export interface OpenPerson {
  userId: UserId;
  language: string;
  device: Device;
  store: LocalStore;
}

const loadEngineWrites = () => Promise.resolve(engineWrites);

/** The person who is signed in in this browser, with their rows, for one event; undefined if nobody is. */
export async function withPerson<T>(work: (person: OpenPerson) => Promise<T>): Promise<T | undefined> {
  const device = await openDevice();
  if (!device.ok) return undefined;
  try {
    const notified = await readNotified(device.value);
    const store = notified === undefined ? undefined : await openLocalStore(notified.userId, { loadEngineWrites });
    if (notified === undefined || store?.ok !== true) return undefined;
    try {
      return await work({ ...notified, device: device.value, store: store.value });
    } finally {
      store.value.close();
    }
  } finally {
    device.value.close();
  }
}

/** The person who is signed in in this browser; undefined if nobody is, or if that cannot be read. */
export async function signedIn(): Promise<UserId | undefined> {
  const device = await openDevice();
  if (!device.ok) return undefined;
  try {
    return (await readNotified(device.value))?.userId;
  } finally {
    device.value.close();
  }
}
