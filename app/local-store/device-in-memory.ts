import type { Device } from './device.ts';

/** The device's table for a shared computer, on which nothing may be kept: it is in memory and gone with the page. [SEC-54] */
export function deviceInMemory(): Device {
  const entries = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(entries.get(key)),
    set: (key, value) => Promise.resolve(void entries.set(key, value)),
    remove: (key) => Promise.resolve(void entries.delete(key)),
    close: () => {},
  };
}
