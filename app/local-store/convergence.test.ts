import { expect, it } from 'vitest';
import type { OpId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import { createMemoryDisk, openMemoryLocalStore } from './testing/memory-local-store.ts';
import { randomFrom } from '#protocol/testing/seeded-random.fixture.ts';
import { ModelServer } from './testing/model-server.fixture.ts';
import { ann, at, bob, mark, newGroup, nextId, own, refused, retried, send } from './testing/records.fixture.ts';

/** One device and one conversation; whatever is in flight arrives late, twice, in any order, or never. */
function world(seed: number) {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const server = new ModelServer(newGroup());
  const { stream } = server;
  const disk = createMemoryDisk();
  let store = openMemoryLocalStore({ userId: ann, disk });
  /** Each delivers one item to the store in its state at that time. */
  let live: (() => Promise<unknown>)[] = [];
  const others: (() => Promise<unknown>)[] = [];
  const written = new Set<OpId>();
  const arrived = new Set<OpId>();
  /** Discarded by the person, or lost to a restored backup. */
  const gone = new Set<OpId>();
  let saved = server.snapshot();
  const happened = new Map<string, number>();
  const steps: string[] = [];

  const announce = (changes: Parameters<typeof store.applyChanges>[0]) => {
    live.push(() => store.applyChanges(changes));
  };

  async function pull(): Promise<() => Promise<boolean>> {
    const [epoch, cursors] = await Promise.all([store.epoch(), store.cursors()]);
    const answer = server.pull(epoch, cursors);
    return () => store.applyPage(answer, { epoch, cursors });
  }

  async function history(): Promise<(() => Promise<void>) | undefined> {
    const row = await store.conversation(stream);
    if (row === undefined || row.isWhole) return undefined;
    const before = row.historyStart > 0 ? row.historyStart : undefined;
    const answer = server.history(before);
    return () => store.applyHistory({ before, window: row.window }, answer);
  }

  /** The answers, or undefined if the push was lost. */
  async function push(hasTrouble: boolean): Promise<(() => Promise<void>) | undefined> {
    const rows = await store.outbox();
    const waiting = rows.filter((row) => row.state === 'queued');
    if (waiting.length === 0 || rows.some((row) => row.state === 'sending')) return undefined;
    const again = retried(await store.beginAttempt(waiting.map((row) => row.id)));
    for (const row of waiting) if (row.attempts > 0) expect(again.has(row.id)).toBe(true);
    if (hasTrouble && random() < 0.2) return () => store.requeue();
    let isStopped = false;
    const results = waiting.map(({ op }) => {
      // A retryable failure stops the stream for the rest of this push. [AP7]
      isStopped ||= hasTrouble && random() < 0.1;
      if (isStopped) return refused(op, 'unavailable');
      if (hasTrouble && random() < 0.1 && !again.has(op.id)) return refused(op, 'forbidden');
      const { result, changes } = server.take(op);
      changes.forEach(announce);
      return result;
    });
    const life = server.epoch;
    // When the server ends, its connections end too, with all the answers in flight.
    return () => (server.epoch === life ? store.settle(results) : store.requeue());
  }

  async function queue(op: Op): Promise<void> {
    await store.enqueue([op], at(0));
    if (op.kind === 'message.send') written.add(op.id);
  }

  const own_ = () => server.messages().filter((one) => one.senderId === ann && one.deletedAt === undefined);
  const acts: Record<string, [number, () => Promise<unknown> | void]> = {
    sends: [12, () => announce(server.send(bob))],
    edits: [
      4,
      () => {
        const one = pick(server.messages().filter((held) => held.deletedAt === undefined));
        if (one !== undefined) announce(server.edit(one.id, `text of ${nextId()}`));
      },
    ],
    deletes: [
      3,
      () => {
        const one = pick(server.messages());
        if (one !== undefined) announce(server.remove(one.id));
      },
    ],
    otherDeviceSends: [2, () => announce(server.send(ann))],
    otherDeviceMarks: [2, () => announce(server.mark(Math.floor(random() * 30)))],
    saves: [1, () => void (saved = server.snapshot())],
    restores: [
      0.3,
      () => {
        const before = new Set(server.messages().map(({ id }) => id));
        server.restore(saved);
        const after = new Set(server.messages().map(({ id }) => id));
        for (const id of before) if (!after.has(id)) gone.add(id);
        // The socket has ended with the server.
        live = [];
      },
    ],
    hears: [
      14,
      async () => {
        const at_ = Math.floor(random() * Math.min(3, live.length));
        const one = live[at_];
        if (random() > 0.3) live.splice(at_, 1);
        await one?.();
      },
    ],
    misses: [2, () => void live.shift()],
    pulls: [5, async () => void others.push(await pull())],
    resets: [
      0.7,
      () => {
        const page = server.window(true);
        const { epoch } = server;
        others.push(() => store.applyPage({ epoch, streams: [page], more: false }));
      },
    ],
    looksBack: [
      5,
      async () => {
        const answer = await history();
        if (answer !== undefined) others.push(answer);
      },
    ],
    getsAnswer: [
      14,
      async () => {
        const at_ = Math.floor(random() * others.length);
        const one = others[at_];
        if (random() > 0.15) others.splice(at_, 1);
        await one?.();
      },
    ],
    writes: [
      5,
      async () => {
        // Without a conversation there is nowhere to write.
        if ((await store.conversation(stream)) !== undefined) await queue(send(stream, { text: `mine ${nextId()}` }));
      },
    ],
    changesOwn: [
      3,
      async () => {
        const one = pick(own_());
        if (one === undefined) return;
        const fixed = { id: nextId(), stream, messageId: one.id };
        await queue(
          random() < 0.5
            ? { ...fixed, kind: 'message.edit', text: `mine ${nextId()}` }
            : { ...fixed, kind: 'message.delete' },
        );
      },
    ],
    reads: [
      4,
      async () => {
        const row = await store.conversation(stream);
        if (row !== undefined && row.lastSeq > 0) await queue(mark(stream, Math.ceil(random() * row.lastSeq)));
      },
    ],
    pushes: [
      8,
      async () => {
        const answer = await push(true);
        if (answer !== undefined) others.push(answer);
      },
    ],
    reconnects: [2, () => store.requeue()],
    retriesOrDiscards: [
      3,
      async () => {
        const failed = (await store.outbox()).find((row) => row.state === 'failed');
        if (failed === undefined) return;
        const newId = nextId();
        gone.add(failed.id);
        if (random() < 0.5) return store.discard(failed.id);
        if (failed.op.kind === 'message.send') written.add(newId);
        return store.retry(failed.id, newId);
      },
    ],
    dies: [
      1,
      async () => {
        const doing = pick(others);
        void doing?.();
        for (let tick = random() * 40; tick > 0; tick--) await Promise.resolve();
        store.crash();
        live = [];
        store = openMemoryLocalStore({ userId: ann, disk });
      },
    ],
  };
  const total = Object.values(acts).reduce((sum, [weight]) => sum + weight, 0);

  async function step(): Promise<void> {
    let at_ = random() * total;
    for (const [name, [weight, act]] of Object.entries(acts)) {
      at_ -= weight;
      if (at_ > 0) continue;
      happened.set(name, (happened.get(name) ?? 0) + 1);
      steps.push(name);
      await act();
      return;
    }
  }

  /** Every message that the person wrote is visible, or is before the first message shown; it never disappears. */
  async function nothingVanished(): Promise<void> {
    // A restored backup loses what was answered in the previous epoch, so only the agreement in the end can be checked then.
    if (happened.has('restores')) return;
    const waiting = new Set((await store.outbox()).map((row) => row.id));
    const row = await store.conversation(stream);
    const start = row?.historyStart ?? 0;
    const known = new Map(server.messages().map((one) => [one.id, one]));
    for (const id of written) {
      if (waiting.has(id) || gone.has(id)) continue;
      const held = await store.message(stream, id);
      if (held !== undefined) arrived.add(id);
      // What a late reset dropped returns through the cursor.
      if (arrived.has(id)) continue;
      const there = known.get(id);
      expect(there, 'it is at the server').toBeDefined();
      expect(there?.seq ?? 0, 'below what is shown, or all was dropped').toBeLessThan(start === 0 ? Infinity : start);
      if (start > 0) arrived.add(id);
    }
  }

  /** From here on, the network works. */
  async function settle(): Promise<void> {
    for (let rounds = 0; rounds < 500; rounds++) {
      await store.requeue();
      for (const row of await store.outbox()) if (row.state === 'failed') await store.discard(row.id);
      const answered = await push(false);
      await answered?.();
      const applied = await pull();
      await applied();
      const [cursors, waiting] = await Promise.all([store.cursors(), store.outbox()]);
      const { [own]: ownHead, [stream]: head } = server.heads();
      if (cursors[own] === ownHead && cursors[stream] === head && waiting.length === 0) return;
    }
    throw new Error(`never at rest: ${JSON.stringify([await store.outbox(), await store.cursors(), server.heads()])}`);
  }

  async function compare(): Promise<void> {
    const row = await store.conversation(stream);
    const all = server.messages();
    const start = row?.historyStart ?? 0;
    expect(await store.messages(stream, {})).toEqual(all.filter(({ seq }) => seq >= start));
    const isBound = start > server.readSeq() + 1 && row?.isWhole === false;
    expect(row?.lastMessage).toEqual(all.at(-1));
    const last = all.at(-1)?.seq ?? 0;
    expect(row?.unread).toBe(isBound ? last - server.readSeq() : server.unread());
    expect(row?.membership?.readSeq).toBe(server.readSeq());
    expect(await store.outbox()).toEqual([]);
    for (let back = await history(); back !== undefined; back = await history()) await back();
    expect(await store.messages(stream, {})).toEqual(all);
    expect(await store.conversation(stream)).toMatchObject({ isWhole: true, unread: server.unread() });
  }

  return { step, nothingVanished, settle, compare, happened, history: steps };
}

it('[ST4] [CL3] [AP2] ends in the server’s state after any mix of loss, duplication, delay, resets, backups and crashes', async () => {
  const happened = new Map<string, number>();
  for (let seed = 1; seed <= 40; seed++) {
    const one = world(seed);
    try {
      for (let steps = 0; steps < 150; steps++) {
        await one.step();
        await one.nothingVanished();
      }
      await one.settle();
      await one.compare();
    } catch (error) {
      throw new Error(`seed ${seed}: ${one.history.join(' ')}`, { cause: error });
    }
    for (const [name, times] of one.happened) happened.set(name, (happened.get(name) ?? 0) + times);
  }
  // The run did something of every kind.
  expect(Math.min(...happened.values())).toBeGreaterThan(10);
  expect(happened.size).toBe(20);
});
