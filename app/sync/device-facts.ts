import * as v from 'valibot';
import type { Device } from '#app/local-store/device.ts';
import { DeviceId, UserId, type OpId } from '#protocol/ids.ts';
import { parse } from '#protocol/shape.ts';
import { CAUGHT_UP_AT, DEVICE_ID, NOTIFIED } from './device-fact-keys.ts';

/*
 * What sync keeps on the device outside the person's database, because it is read before that is open. All of it reveals
 * something about the person who is signed in. [CL6]
 */

/** What the service worker needs to know in order to notify: who is signed in here, and in which language. */
export const Notified = v.object({ userId: UserId, language: v.string() });
export type Notified = v.InferOutput<typeof Notified>;

/** The id by which the server knows this device; it is generated on the first call. */
export async function readDeviceId(device: Device, newId: () => OpId): Promise<DeviceId> {
  const held = parse(DeviceId, await device.get(DEVICE_ID));
  if (held.ok) return held.value;
  // Not crypto.randomUUID, which does not exist on pages that came without https.
  const made = newId() as string as DeviceId;
  await device.set(DEVICE_ID, made);
  return made;
}

/** In ms since 1970; null before the first time. */
export async function readCaughtUpAt(device: Device): Promise<number | null> {
  const held = await device.get(CAUGHT_UP_AT);
  return held === undefined ? null : Number(held);
}

export function saveCaughtUpAt(device: Device, caughtUpAt: number): Promise<void> {
  return device.set(CAUGHT_UP_AT, String(caughtUpAt));
}

export async function readNotified(device: Device): Promise<Notified | undefined> {
  const held = await device.get(NOTIFIED);
  const parsed = held === undefined ? undefined : parse(Notified, JSON.parse(held));
  return parsed?.ok === true ? parsed.value : undefined;
}

export function saveNotified(device: Device, notified: Notified): Promise<void> {
  return device.set(NOTIFIED, JSON.stringify(notified));
}
