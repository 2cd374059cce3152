import type { Device } from '#app/local-store/device.ts';

// Separate from the facts themselves, because a page on which nobody is signed in only has to delete them.
export const DEVICE_ID = 'device-id';
export const CAUGHT_UP_AT = 'caught-up-at';
export const NOTIFIED = 'notified';

export async function forgetDeviceFacts(device: Device): Promise<void> {
  await Promise.all([DEVICE_ID, CAUGHT_UP_AT, NOTIFIED].map((key) => device.remove(key)));
}
