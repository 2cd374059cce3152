import * as v from 'valibot';
import type { Device } from '#app/local-store/device.ts';
import { parse } from '#protocol/shape.ts';

/** As redux-persist stores the app's state: each slice is a text in a text. */
const Persisted = v.object({ settings: v.string() });
const Settings = v.object({ lock: v.optional(v.unknown()) });
const Locked = v.object({ isLocked: v.literal(true) });

/**
 * Whether the app asks for a PIN on this device, and whether it does now. With a lock, no notification says who wrote or what, because
 * nothing tells the worker when somebody last used a page that is closed by now. [SEC-55]
 */
export async function lockOf(device: Pick<Device, 'get'>): Promise<'none' | 'open' | 'locked'> {
  const held = await device.get('persist:app');
  const persisted = held === undefined ? undefined : parse(Persisted, JSON.parse(held));
  const settings = persisted?.ok === true ? parse(Settings, JSON.parse(persisted.value.settings)) : undefined;
  if (settings?.ok !== true || settings.value.lock === undefined) return 'none';
  return parse(Locked, settings.value.lock).ok ? 'locked' : 'open';
}
