import { Dexie } from 'dexie';
import { IDBFactory, forceCloseDatabase } from 'fake-indexeddb';
import { afterEach, describe, expect, it } from 'vitest';
import { openDevice, type Device } from './device.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';

startFakeIndexedDb();

describe('the device', () => {
  const usual = indexedDB;
  afterEach(() => {
    globalThis.indexedDB = usual;
  });
  async function device(name: string): Promise<Device> {
    const opened = await openDevice(undefined, name);
    if (!opened.ok) throw new Error(opened.failure);
    return opened.value;
  }

  it('[CL6] has a database of its own for what belongs to no person', async () => {
    const { set, get, remove, close } = await device('teamlink-device-test');
    await set('a', '1');
    await set('a', '2');
    expect([await get('a'), await get('b')]).toEqual(['2', undefined]);
    await remove('a');
    expect(await get('a')).toBeUndefined();
    close();
    await expect(get('a')).rejects.toThrow('the device is closed');
  });

  it('keeps what an earlier version of the app stored through Dexie', async () => {
    const old = new Dexie('teamlink-device-old');
    old.version(1).stores({ entries: 'key' });
    await old.table('entries').put({ key: 'a', value: '1' });
    old.close();
    const { get, close } = await device('teamlink-device-old');
    expect(await get('a')).toBe('1');
    close();
  });

  it('[ask 30] continues on a new connection after the browser has ended the one it had', async () => {
    const connections: IDBDatabase[] = [];
    const factory = new IDBFactory();
    const open = factory.open.bind(factory);
    factory.open = (...given) => {
      const request = open(...given);
      request.addEventListener('success', () => connections.push(request.result));
      return request;
    };
    globalThis.indexedDB = factory;
    const { set, get, close } = await device('teamlink-device-lost');
    await set('a', '1');
    // With and without the event that reports it.
    forceCloseDatabase(connections[0] as never);
    expect(await get('a')).toBe('1');
    connections[1]?.close();
    await set('a', '2');
    expect([await get('a'), connections.length]).toEqual(['2', 3]);
    close();
  });

  it('[ask 31] [REL-11] reports storage that is missing, forbidden, broken or of a newer version', async () => {
    globalThis.indexedDB = undefined as never;
    expect(await openDevice(undefined, 'none')).toEqual({ ok: false, failure: 'missing' });
    for (const [name, failure] of [
      ['SecurityError', 'missing'],
      ['UnknownError', 'broken'],
      ['VersionError', 'newer'],
    ] as const) {
      const factory = new IDBFactory();
      factory.open = () => {
        throw new DOMException('no', name);
      };
      globalThis.indexedDB = factory;
      expect(await openDevice(undefined, 'none')).toEqual({ ok: false, failure });
    }
  });
});
