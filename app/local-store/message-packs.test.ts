import { expect, it } from 'vitest';
import type { ConversationId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { backingOver } from './dexie-backing.ts';
import { openDatabase } from './opened.ts';
import type { Rows } from './rows.ts';
import { databaseName, declareTables } from './tables.ts';
import { startFakeIndexedDb } from './testing/fake-indexed-db.fixture.ts';
import { memoryRows } from './testing/memory-rows.ts';
import { message, newGroup, nextUser } from './testing/records.fixture.ts';

startFakeIndexedDb();

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const STEPS = 150;
/** Each chat has four packs, the first one with 15 messages. */
const SEQS = 63;

/** Numbers from 0 to below `below`, the same sequence for the same seed. */
function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it(`[ST2] messages in packs are read like messages with a row each, with seed ${SEED}`, async () => {
  const random = randoms(SEED);
  const tables = declareTables(databaseName(nextUser()));
  expect(await openDatabase(tables)).toBeUndefined();
  const backing = backingOver(tables);
  const plain = memoryRows();
  const chats = [newGroup(), newGroup()];
  const chat = () => chats[random(2)] as ConversationId;
  const seq = () => 1 + random(SEQS);
  const ids = new Map<string, MessageRecord['id']>();
  let rev = 100;
  const newVersion = (stream: ConversationId): MessageRecord => {
    const made = message(stream, seq(), { rev: (rev += 1) });
    const name = `${stream} ${made.seq}`;
    ids.set(name, ids.get(name) ?? made.id);
    return { ...made, id: ids.get(name) as MessageRecord['id'] };
  };
  /** Both get the same writes and must return the same reads. */
  const both = async (act: (rows: Rows) => PromiseLike<unknown>) => {
    const read = await backing.write(async (rows) => act(rows));
    expect(read).toEqual(await act(plain.rows));
  };
  const changes: (() => Promise<void>)[] = [
    () => {
      const stream = chat();
      const some = Array.from({ length: 1 + random(20) }, () => newVersion(stream));
      return both((rows) => rows.messages.bulkPut(some).then(() => undefined));
    },
    () => {
      const one = newVersion(chat());
      return both((rows) => rows.messages.put(one).then(() => undefined));
    },
    () => {
      const keys = Array.from({ length: random(4) }, (): [ConversationId, number] => [chat(), seq()]);
      return both((rows) => rows.messages.bulkDelete(keys).then(() => undefined));
    },
    () => {
      const [stream, below] = [chat(), random(3) === 0 ? seq() : random(20)];
      return both((rows) => rows.dropMessages(stream, below).then(() => undefined));
    },
    () => {
      const [first, second, below] = [newVersion(chat()), newVersion(chat()), random(20)];
      return both(async (rows) => {
        await rows.messages.bulkGet([[first.stream as ConversationId, first.seq]]);
        await rows.messages.put(first);
        await rows.dropMessages(second.stream as ConversationId, below);
        await rows.messages.put(second);
        return rows.messages.get([first.stream as ConversationId, first.seq]);
      });
    },
  ];
  for (let step = 0; step < STEPS; step++) {
    await changes[random(changes.length)]?.();
    const [stream, from, to, newest, after] = [chat(), random(SEQS), seq(), 1 + random(40), rev - random(60)];
    await both((rows) => rows.messagesOf(stream, 0, Number.MAX_SAFE_INTEGER));
    await both((rows) => rows.messagesOf(stream, from, to));
    await both((rows) => rows.messagesOf(stream, from, to, newest));
    await both((rows) => rows.messagesOf(stream, 0, Number.MAX_SAFE_INTEGER, newest));
    await both((rows) => rows.countMessages(stream, from, to));
    await both((rows) => rows.messagesAfter(stream, after));
    await both((rows) =>
      rows.messages.bulkGet([
        [stream, to],
        [stream, from],
      ]),
    );
    const id = ids.get(`${stream} ${to}`);
    if (id !== undefined) await both((rows) => rows.messageById(stream, id));
  }
  expect(ids.size).toBeGreaterThan(SEQS);
  tables.close();
});

it('[SEC-45] a message is found in its own chat, although another chat has one with the same id', async () => {
  const tables = declareTables(databaseName(nextUser()));
  expect(await openDatabase(tables)).toBeUndefined();
  const [mine, theirs] = [message(newGroup(), 3), message(newGroup(), 4)];
  const backing = backingOver(tables);
  await backing.write((rows) => Promise.resolve(rows.messages.bulkPut([mine, { ...theirs, id: mine.id }])));
  for (const { stream, seq } of [mine, theirs])
    expect(await backing.read(async (rows) => rows.messageById(stream as ConversationId, mine.id))).toMatchObject({
      stream,
      seq,
    });
  tables.close();
});
