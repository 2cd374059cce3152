import { Dexie, type EntityTable } from 'dexie';
import { openDatabase, type Opened } from './opened.ts';

/** A key-value table of the device rather than of a person: it is available before anybody has signed in. */
export interface Device {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  close(): void;
}

interface Entry {
  key: string;
  value: string;
}

export async function openDevice(onWaiting?: () => void, name = 'teamlink-device'): Promise<Opened<Device>> {
  const database = new Dexie(name) as Dexie & { entries: EntityTable<Entry, 'key'> };
  database.version(1).stores({ entries: 'key' });
  const failure = await openDatabase(database, onWaiting);
  if (failure !== undefined) return { ok: false, failure };
  return {
    ok: true,
    value: {
      get: async (key) => (await database.entries.get(key))?.value,
      set: async (key, value) => void (await database.entries.put({ key, value })),
      remove: (key) => database.entries.delete(key),
      close: () => database.close(),
    },
  };
}
