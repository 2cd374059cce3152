import type { Device } from '#app/local-store/device.ts';

/** A storage for redux-persist, over the device's key-value table. */
export interface DeviceStorage {
  getItem(key: string): Promise<string | null>;
  setItem(key: string, value: string): Promise<void>;
  removeItem(key: string): Promise<void>;
}

export function deviceStorage(device: Pick<Device, 'get' | 'set' | 'remove'>): DeviceStorage {
  return {
    getItem: async (key) => (await device.get(key)) ?? null,
    setItem: (key, value) => device.set(key, value),
    removeItem: (key) => device.remove(key),
  };
}
