import { failureOf, reportingWait, type Opened } from './opened.ts';

/** A key-value table of the device rather than of a person: it is available before anybody has signed in. */
export interface Device {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  remove(key: string): Promise<void>;
  close(): void;
}

const TABLE = 'entries';
/** The table was made by Dexie, which multiplies its versions by ten. */
const VERSION = 10;

interface Entry {
  key: string;
  value: string;
}

/** Opens the table. It uses IndexedDB itself, because the sign-in screen should not wait for Dexie over a slow link. */
export async function openDevice(onWaiting?: () => void, name = 'teamlink-device'): Promise<Opened<Device>> {
  let connection: Promise<IDBDatabase> | undefined;
  let isClosed = false;

  function connected(): Promise<IDBDatabase> {
    if (isClosed) throw new DOMException('the device is closed', 'InvalidStateError');
    connection ??= connect(name, letGo);
    return connection;
  }
  /** The browser has ended the connection, or another tab needs the database. The next request opens a new one. */
  function letGo(): void {
    connection = undefined;
  }
  async function run<T>(mode: IDBTransactionMode, request: (entries: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const before = connected();
    try {
      return await transact(await before, mode, request);
    } catch (error) {
      // A connection can be broken before its `close` event says so. A request may run twice, which changes nothing.
      if (connection === before) letGo();
      if (isClosed) throw error;
      return transact(await connected(), mode, request);
    }
  }

  try {
    await reportingWait(connected(), onWaiting);
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
  return {
    ok: true,
    value: {
      get: async (key) => {
        const entry = await run<unknown>('readonly', (entries) => entries.get(key));
        return (entry as Entry | undefined)?.value;
      },
      set: async (key, value) => void (await run('readwrite', (entries) => entries.put({ key, value }))),
      remove: (key) => run('readwrite', (entries) => entries.delete(key)),
      close() {
        isClosed = true;
        void connection?.then((database) => database.close());
      },
    },
  };
}

function connect(name: string, onLost: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (typeof indexedDB === 'undefined') throw new DOMException('no IndexedDB', 'MissingAPIError');
    const request = indexedDB.open(name, VERSION);
    request.addEventListener('upgradeneeded', () => request.result.createObjectStore(TABLE, { keyPath: 'key' }));
    request.addEventListener('error', () => reject(request.error ?? new DOMException('unknown', 'UnknownError')));
    request.addEventListener('success', () => {
      const database = request.result;
      database.addEventListener('close', onLost);
      database.addEventListener('versionchange', () => {
        database.close();
        onLost();
      });
      resolve(database);
    });
  });
}

/** Resolves when the transaction is complete, so what is written then is kept. */
function transact<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  request: (entries: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(TABLE, mode);
    const asked = request(transaction.objectStore(TABLE));
    transaction.addEventListener('complete', () => resolve(asked.result));
    transaction.addEventListener('abort', () => reject(transaction.error ?? new DOMException('ended', 'AbortError')));
  });
}
