import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandError } from './errors.ts';
import { type Store, openStore } from './store.ts';
import { type WriteLog, openWriteLog, readLog } from './write-log.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'teamlink-store-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const BATCHES = process.env['TEST_LONG'] === undefined ? 150 : 3_000;
const KEYS = 60;
/** So low that changes go into the file in each of the possible ways. */
const limits = { drainBytes: 100, many: 7 };

/** Numbers from 0 to below `below`, the same sequence for the same seed. */
function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Model = ReadonlyMap<number, string>;
/** Sixteen keys with one prefix, like those of an index. */
const keyOf = (n: number) => Buffer.from([5, 0, 0, 0, 200 + (n >> 4), n & 15]);
const [first, last] = [Buffer.from([5]), Buffer.from([6])];

/** Everything that can be read in both directions, and counted. */
function expectHolds(store: Store, model: Model, from = first, to = last): void {
  const expected = [...model]
    .map(([n, text]): [Buffer, string] => [keyOf(n), text])
    .filter(([key]) => Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0)
    .sort(([a], [b]) => Buffer.compare(a, b))
    .map(([key, text]) => [key.toString('hex'), text]);
  const read = (reverse: boolean) =>
    [...store.range(from, to, reverse)].map(({ key, value }) => [key.toString('hex'), value.toString()]);
  expect(read(false)).toEqual(expected);
  expect(read(true)).toEqual(expected.toReversed());
  expect(store.count(from, to)).toBe(expected.length);
}

function heldBy(store: Store): Model {
  const entries = [...store.range(first, last)];
  return new Map(entries.map(({ key, value }) => [((key[4] ?? 0) - 200) * 16 + (key[5] ?? 0), value.toString()]));
}

const textOf = (model: Model) => JSON.stringify([...model].toSorted(([a], [b]) => a - b));

function expectEachKey(store: Store, model: Model): void {
  for (let n = 0; n < KEYS; n++) {
    expect(store.get(keyOf(n))?.toString()).toBe(model.get(n));
    expect(store.has(keyOf(n))).toBe(model.has(n));
  }
}

/** The files as they would be left if the process were killed now. */
function crashed(from: string, name: string): string {
  const to = join(folder, name);
  mkdirSync(to);
  for (const file of readdirSync(from)) if (file !== 'database.lock') copyFileSync(join(from, file), join(to, file));
  return to;
}

/** A log on a slow disk, so that the file is written to meanwhile. */
function openSlowLog(dir: string): WriteLog {
  const log = openWriteLog(dir);
  return {
    ...log,
    async append(bytes) {
      const appended = log.append(bytes);
      await new Promise((resolve) => setTimeout(resolve, 3));
      await appended;
    },
  };
}

describe(`a store, with seed ${SEED}`, () => {
  it.each([
    ['quick', openWriteLog],
    ['slow', openSlowLog],
  ])(
    'reads through all of its layers what was written, and after a crash has every answered write, with a %s log',
    async (name, openLog) => {
      const random = randoms(SEED);
      const dataDir = join(folder, name);
      let store = openStore({ dataDir, durability: 'flush', limits, openLog });
      /** The expected content after each of the writes so far, and how many of them were answered. */
      const states: Model[] = [new Map()];
      let answered = 0;
      const newest = () => states.at(-1) as Model;
      const expectPrefix = (held: Model) => expect(states.slice(answered).map(textOf)).toContain(textOf(held));
      let crashes = 0;
      async function crash(): Promise<void> {
        crashes += 1;
        const opened = openStore({ dataDir: crashed(dataDir, `${name}-${crashes}`), durability: 'none' });
        expectPrefix(heldBy(opened));
        await opened.close();
      }
      let written: Promise<unknown> = Promise.resolve();
      for (let batch = 1; batch <= BATCHES; batch++) {
        const next = new Map(newest());
        const steps = Array.from({ length: 1 + random(8) }, (_, step) => ({
          n: random(KEYS),
          text: random(4) === 0 ? undefined : `${batch}/${step}`,
        }));
        for (const { n, text } of steps)
          if (text === undefined) next.delete(n);
          else next.set(n, text);
        states.push(next);
        written = store
          .write(() => {
            for (const { n, text } of steps)
              if (text === undefined) store.remove(keyOf(n));
              else store.put(keyOf(n), Buffer.from(text));
            expectHolds(store, next);
          })
          .then(() => (answered = Math.max(answered, batch)));
        // What is not flushed yet is not seen.
        expectPrefix(heldBy(store));
        if (random(3) > 0) await new Promise((resolve) => setTimeout(resolve, random(3)));
        if (random(4) === 0) await crash();
        // Otherwise the next write comes while this one is being flushed.
        if (random(2) === 0) await written;
        if (answered < batch) continue;
        const from = keyOf(random(KEYS));
        if (random(3) === 0) expectHolds(store, next, from, keyOf(random(KEYS)));
        if (random(8) === 0) expectEachKey(store, next);
        if (random(30) > 0) continue;
        await store.close();
        store = openStore({ dataDir, durability: 'flush', limits, openLog });
        expectHolds(store, next);
      }
      await written;
      expectEachKey(store, newest());
      expect(crashes).toBeGreaterThan(0);
      await store.close();
    },
  );

  it('stores nothing of a batch that fails, and everything of the next one', async () => {
    const store = openStore({ dataDir: join(folder, 'failing'), durability: 'flush' });
    const failing = store.write(() => {
      store.put(keyOf(1), Buffer.from('lost'));
      throw new TypeError('broken');
    });
    const refused = store.write(() => {
      throw new CommandError('BadValue', 'refused');
    });
    await expect(failing).rejects.toThrow('broken');
    await expect(refused).rejects.toThrow('refused');
    await store.write(() => store.put(keyOf(2), Buffer.from('kept')));
    expectHolds(store, new Map([[2, 'kept']]));
    await store.close();
  });
});

describe('the log', () => {
  const text = (records: readonly Buffer[]) => records.map(String);
  const opened = (name: string) => {
    const dir = join(folder, name);
    mkdirSync(dir);
    return { dir, log: openWriteLog(dir) };
  };

  it('ends at the first incomplete record, wherever it was cut', async () => {
    const { dir, log } = opened('cut');
    log.begin(1);
    await log.append(Buffer.from('one'));
    await log.append(Buffer.from('two'));
    log.close();
    const path = join(dir, 'database.log.1');
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      expect(text(readLog(dir, 0).records)).toEqual(length >= whole.length / 2 ? ['one'] : []);
    }
    for (let at = whole.length / 2; at < whole.length; at++) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      writeFileSync(path, broken);
      expect(text(readLog(dir, 0).records)).toEqual(['one']);
    }
  });

  it('has the records that are later than a generation, in order, and nothing that its files held before', async () => {
    const { dir, log } = opened('turns');
    for (const [generation, records] of [['a', 'b', 'c'], ['d'], ['e']].entries()) {
      log.begin(generation + 1);
      for (const record of records) await log.append(Buffer.from(record));
    }
    log.close();
    // The third turn has overwritten the first record of the first turn.
    expect(readLog(dir, 0)).toEqual({ records: ['d', 'e'].map((each) => Buffer.from(each)), latest: 3 });
    expect(text(readLog(dir, 2).records)).toEqual(['e']);
    expect(readLog(dir, 3)).toEqual({ records: [], latest: 3 });
    expect(readLog(join(folder, 'not there'), 7)).toEqual({ records: [], latest: 7 });
  });
});
