import { Dexie } from 'dexie';
import { IDBObjectStore as FDBObjectStore } from 'fake-indexeddb';
import { describe, expect, it, vi } from 'vitest';
import type { ConversationId, MediaId, UserId } from '#protocol/ids.ts';
import { filesOf } from './files.ts';
import { keptFilesOf } from './kept-files.ts';
import { wipePerson } from './open.ts';
import { at, newGroup, nextUser, send } from './testing/records.fixture.ts';
import { StoreRefused } from './refused.ts';
import { openSearchIndex } from './search-index.ts';
import { databaseName, declareTables, filesDatabaseName, keptFilesDatabaseName, searchDatabaseName } from './tables.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';
import { opened, plainOpen } from './testing/opened-store.fixture.ts';

startFakeIndexedDb();

/** Dexie multiplies it by ten. */
const VERSION = declareTables('of no person').verno;

describe('wiping', () => {
  const isThere = async (user: UserId) => Dexie.exists(databaseName(user));

  it('[SEC-49] [CL6] removes a person while another tab has the database open, and that tab does not bring it back', async () => {
    const user = nextUser();
    let hasLetGo = 0;
    const other = await opened(user, () => (hasLetGo += 1));
    await other.enqueue([send(newGroup())], at(1));
    await wipePerson(user);
    expect([await isThere(user), hasLetGo]).toEqual([false, 1]);
    await expect(other.enqueue([send(newGroup())], at(1))).rejects.toBeInstanceOf(StoreRefused);
    await expect(other.conversations()).rejects.toBeInstanceOf(StoreRefused);
    expect(await isThere(user)).toBe(false);
    expect(await (await opened(user)).outbox()).toEqual([]);
  });

  it('[CL6] deletes a database that cannot be emptied', async () => {
    const user = nextUser();
    const store = await opened(user);
    await store.enqueue([send(newGroup())], at(1));
    store.close();
    const clear = vi.spyOn(FDBObjectStore.prototype, 'clear').mockImplementation(() => {
      throw new DOMException('the disk is broken', 'UnknownError');
    });
    await wipePerson(user);
    expect(clear).toHaveBeenCalled();
    clear.mockRestore();
    expect(await isThere(user)).toBe(false);
  });

  it('[SEC-49] empties the database even if a frozen tab keeps it open, and deletes it when that tab ends', async () => {
    const user = nextUser();
    const store = await opened(user);
    await store.enqueue([send(newGroup())], at(1));
    store.close();
    const frozen = await plainOpen(databaseName(user), 10 * VERSION);
    await wipePerson(user, 0);
    const rows = await new Promise((resolve) => {
      const request = frozen.transaction('outbox').objectStore('outbox').getAll();
      request.onsuccess = () => resolve(request.result);
    });
    expect(rows).toEqual([]);
    frozen.close();
    await Dexie.delete(databaseName(user));
    expect(await isThere(user)).toBe(false);
  });
});

describe('wiping files and the search index', () => {
  it('[SEC-49] empties them even if a frozen tab keeps their databases open, and creates none that did not exist', async () => {
    const user = nextUser();
    const id = 'local_1' as MediaId;
    const file = { id, stream: 'g:chat' as ConversationId, content: new Blob(['content']) };
    await filesOf(user).add([{ ...file, facts: { name: 'x' }, addedAt: 0 }]);
    await keptFilesOf(user).keep({ ...file, mime: 'image/png', disposition: 'inline' });
    const index = openSearchIndex(user);
    await index.add({
      epoch: 'first',
      bytes: new Uint8Array(4),
      streams: [{ stream: file.stream, rev: 1, runs: [1, 4] }],
    });
    const frozen = await Promise.all([
      plainOpen(filesDatabaseName(user), 50),
      plainOpen(searchDatabaseName(user), 10),
      plainOpen(keptFilesDatabaseName(user), 10),
    ]);
    await wipePerson(user, 0);
    const counts = frozen.flatMap((database) =>
      [...database.objectStoreNames].map(
        (name) =>
          new Promise((resolve) => {
            const request = database.transaction(name).objectStore(name).count();
            request.onsuccess = () => resolve(request.result);
          }),
      ),
    );
    expect(new Set(await Promise.all(counts))).toEqual(new Set([0]));
    for (const database of frozen) database.close();
    const other = nextUser();
    await wipePerson(other);
    expect((await Dexie.getDatabaseNames()).filter((name) => name.endsWith(other))).toEqual([]);
  });
});
