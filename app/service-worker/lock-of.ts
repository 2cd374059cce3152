import * as v from 'valibot';
import type { Device } from '#app/local-store/device.ts';
import { parse } from '#protocol/shape.ts';

/** The form in which redux-persist stores the app's state: each slice is JSON inside JSON. */
const Persisted = v.object({ settings: v.string() });
const Settings = v.object({ lock: v.optional(v.unknown()) });
const Locked = v.object({ isLocked: v.literal(true) });

/**
 * Whether the app asks for a PIN on this device, and whether it does so now. With a lock, notifications show neither sender nor
 * text, because the worker cannot know when somebody last used a page that has been closed. [SEC-55]
 */
export async function lockOf(device: Pick<Device, 'get'>): Promise<'none' | 'open' | 'locked'> {
  const held = await device.get('persist:app');
  const persisted = held === undefined ? undefined : parse(Persisted, JSON.parse(held));
  const settings = persisted?.ok === true ? parse(Settings, JSON.parse(persisted.value.settings)) : undefined;
  if (settings?.ok !== true || settings.value.lock === undefined) return 'none';
  return parse(Locked, settings.value.lock).ok ? 'locked' : 'open';
}
