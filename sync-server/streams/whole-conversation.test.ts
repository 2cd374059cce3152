import { describe, expect, it } from 'vitest';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { PullAnswer, StreamPage } from '#protocol/verbs.ts';
import type { EntryStore } from './entry-store.ts';
import type { Entry } from './entry.ts';
import { createMemoryEntryStore } from './memory-entry-store.ts';
import { newGroup, op } from './testing/op.fixture.ts';
import { ann, bob } from './testing/people.fixture.ts';
import { createWorld, withGroup } from './testing/world.fixture.ts';
import { interrupted } from './testing/interrupted.fixture.ts';

describe('a conversation without a cursor', () => {
  it('[VB5] a conversation without a cursor comes whole: its members, its newest 50 messages, cursor at the head', async () => {
    const world = await createWorld();
    const group = await withGroup(world, bob);
    for (let n = 1; n <= 60; n++) await world.ok(ann, op.send(group, `${n}`));
    const page = await world.page(bob, group);
    const seqs = ((page?.records ?? []) as KnownRecord[]).flatMap((record) =>
      record.type === 'message' ? [record.seq] : [],
    );
    expect(seqs).toEqual(Array.from({ length: 50 }, (_, at) => at + 11));
    expect(page?.records.filter(({ type }) => type !== 'message').map(({ type }) => type)).toEqual([
      'conversation',
      'member',
      'member',
    ]);
    expect(page).toMatchObject({ cursor: 63, more: false });
    expect(await world.page(bob, group, 0)).toEqual(page);
    const tight = await world.pull(bob, { cursors: {}, only: [group], limit: 10 });
    expect(tight.streams[0]?.records).toHaveLength(10);
    const tiny = await world.pull(bob, { cursors: {}, only: [group], limit: 1 });
    expect(tiny.streams[0]?.records).toHaveLength(4);
    const both = await world.pull(bob, { cursors: {}, limit: 3 });
    expect(both.streams.map(({ stream }) => stream)).toEqual(['u:bob']);
    expect(both.more).toBe(true);
    await world.streams.close();
  });

  describe('a group that is too large for one answer', () => {
    const people = Array.from({ length: 300 }, (_, n) => `user${1_000 + n}` as UserId);
    const maxBytes = 8_192;

    async function withLargeGroup(options: { store?: ReturnType<typeof createMemoryEntryStore> } = {}) {
      const world = await createWorld(options);
      for (const id of people) world.names.set(id, `Person ${id}`);
      const group = newGroup();
      await world.ok(ann, op.create(group, people.slice(0, 200)));
      for (let n = 1; n <= 40; n++) await world.ok(ann, op.send(group, `${n}`));
      await world.ok(ann, op.add(group, ...people.slice(200), bob));
      // The system message about the addition is message 41.
      for (let n = 42; n <= 81; n++) await world.ok(ann, op.send(group, `${n}`));
      const device = 'one';
      const next = async (userId: UserId, cursor: number, from: object = { device }) => {
        const request = { cursors: cursor === 0 ? {} : { [group]: cursor }, only: [group], maxBytes };
        const answer = (await world.streams.pull({ userId, ...from }, request)) as PullAnswer;
        expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(maxBytes);
        expect(answer.streams).toHaveLength(1);
        return answer.streams[0] as StreamPage;
      };
      const rest = async (userId: UserId, from = 0, meanwhile?: (page: StreamPage) => Promise<void>) => {
        const pages: StreamPage[] = [];
        for (let cursor = from, more = true; more;) {
          const page = await next(userId, cursor);
          pages.push(page);
          await meanwhile?.(page);
          ({ cursor, more } = page);
        }
        return pages;
      };
      const held = (pages: StreamPage[]) => {
        const records = new Map<string, KnownRecord>();
        for (const page of pages)
          for (const record of page.records as KnownRecord[])
            if (record.rev >= (records.get(record.id)?.rev ?? 0)) records.set(record.id, record);
        return [...records.values()];
      };
      const seqs = (records: KnownRecord[]) =>
        records.flatMap((record) => (record.type === 'message' ? [record.seq] : [])).sort((a, b) => a - b);
      const memberCount = (records: KnownRecord[]) => records.filter(({ type }) => type === 'member').length;
      return { world, group, next, rest, held, seqs, memberCount };
    }
    const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

    it('[VB5] [VB10] comes in several pages, for the first of its members as for the one who joined last', async () => {
      const { world, rest, held, seqs, memberCount } = await withLargeGroup();
      for (const reader of [ann, people[150] as UserId, bob]) {
        const pages = await rest(reader);
        expect(pages.length).toBeGreaterThan(5);
        expect(pages.some(({ reset }) => reset)).toBe(false);
        expect(memberCount(held(pages))).toBe(302);
        expect(seqs(held(pages))).toEqual(upTo(32, 81));
        const sent = pages.reduce((sum, { records }) => sum + records.length, 0);
        // The conversation record and the own member record come twice.
        expect(sent).toBeLessThanOrEqual(1 + 302 + 50 + 2);
      }
      await world.streams.close();
    });

    it('[VB5] each page after the first one reads only its part of the members', async () => {
      const memory = createMemoryEntryStore();
      let read = 0;
      const counting: typeof memory = { ...memory };
      for (const name of ['current', 'feed', 'messages'] as const)
        counting[name] = async (...asked: never[]) => {
          const readOf: (...args: never[]) => Promise<Entry[]> = memory[name];
          const found = await readOf(...asked);
          read += found.length;
          return found;
        };
      const { world, next } = await withLargeGroup({ store: counting });
      let { cursor, more } = await next(ann, 0);
      for (let pages = 1; more; pages++) {
        read = 0;
        ({ cursor, more } = await next(ann, cursor));
        // 8 KiB have room for 64 records of the smallest size, and the own member record is read twice.
        expect(read, `page ${pages + 1}`).toBeLessThanOrEqual(67);
      }
      await world.streams.close();
    });

    it('[VB5] [ST4] what changes between its pages follows them', async () => {
      const { world, group, rest, held, seqs, memberCount } = await withLargeGroup();
      const ids = (await world.history(ann, group, { limit: 1_000, maxBytes: 1_048_576 })).records.map(({ id }) => id);
      let sent = 81;
      const pages = await rest(bob, 0, async ({ more }) => {
        if (!more || sent >= 96) return;
        await world.ok(ann, op.send(group, `${(sent += 1)}`));
        await world.ok(ann, op.edit(group, ids[sent - 31] as OpId, `edited ${sent}`));
        await world.ok(ann, op.edit(group, ids[sent - 82] as OpId, 'edited, and old'));
        if (sent === 84) await world.ok(ann, op.remove(group, people[3] as UserId));
      });
      const records = held(pages);
      expect(memberCount(records)).toBe(302);
      const last = seqs(records).at(-1) as number;
      expect(seqs(records).filter((seq) => seq > 31)).toEqual(upTo(32, last));
      expect(records.filter((record) => record.type === 'message').sort((a, b) => a.seq - b.seq)).toEqual(
        (await world.history(bob, group, { limit: 200, maxBytes: 1_048_576 })).records.filter(
          ({ seq }) => seq > 31 || records.some(({ id }) => id === ids[seq - 1]),
        ),
      );
      expect(records.filter((record) => record.type === 'member' && record.leftAt !== undefined)).toHaveLength(1);
      await world.streams.close();
    });

    it('[VB5] if the server has forgotten a device’s bootstrap, or another device continues it, nothing is missed', async () => {
      const { world, group, next, rest, held, seqs, memberCount } = await withLargeGroup();
      const first = await next(ann, 0);
      // Another of her devices may have everything up to that cursor, so everything after it is sent.
      const other: StreamPage[] = [first];
      for (let { cursor, more } = first; more;) {
        const page = await next(ann, cursor, { device: 'other' });
        other.push(page);
        ({ cursor, more } = page);
      }
      expect(memberCount(held(other))).toBe(302);
      expect(seqs(held(other))).toEqual(upTo(1, 81));
      const start = await next(bob, 0);
      expect(await next(bob, start.cursor, { device: 'other' })).toEqual({ ...start, reset: true });

      world.clock.ms += 11 * 60_000;
      expect(await next(bob, start.cursor)).toEqual({ ...start, reset: true });
      const again = await rest(bob);
      expect(memberCount(held(again))).toBe(302);

      // Removed and added again in between: what was sent before no longer counts.
      const before = await next(bob, 0);
      await world.ok(ann, op.remove(group, bob));
      await world.ok(ann, op.add(group, bob));
      expect(await next(bob, before.cursor)).toMatchObject({ reset: true, more: true });
      await world.streams.close();
    });
  });

  it('[VB4] [VB5] what moves while a whole conversation is read has a rev above the cursor, and comes with the next page', async () => {
    const { store, meanwhile } = interrupted('messages');
    // With a shared store it is never known that nothing is being written.
    const world = await createWorld({ store: { ...store, isShared: true } });
    const group = await withGroup(world, bob);
    const first = (await world.ok(ann, op.send(group, 'before'))).id as OpId;
    await world.ok(ann, op.send(group, 'stays'));
    const head = (await world.page(ann, group))?.cursor ?? 0;
    meanwhile(async () => {
      await world.ok(ann, op.edit(group, first, 'changed'));
      await world.ok(ann, op.send(group, 'meanwhile'));
    });
    const whole = await world.pull(bob, { cursors: {}, only: [group] });
    expect(whole.streams).toMatchObject([{ cursor: head, more: true }]);
    expect(whole.more).toBe(true);
    const texts = (page: StreamPage | undefined) =>
      ((page?.records ?? []) as KnownRecord[]).flatMap((record) => (record.type === 'message' ? [record.text] : []));
    expect(texts(whole.streams[0])).toEqual(['stays']);
    const next = await world.page(bob, group, head);
    expect(texts(next)).toEqual(['changed', 'meanwhile']);
    expect(next).toMatchObject({ cursor: head + 2, more: false });

    // Everything that was read has moved, so it is unknown where the messages start, and the client pulls again.
    meanwhile(() => world.ok(ann, op.send(group, 'newest')));
    const tight = { cursors: {}, only: [group], limit: 1 };
    expect(await world.pull(bob, tight)).toMatchObject({ streams: [], more: true });
    expect(texts((await world.pull(bob, tight)).streams[0])).toEqual(['newest']);
    await world.streams.close();
  });

  it('[VB5] [RA4] a whole conversation takes one or two reads if nothing changes; one that changes meanwhile is read the careful way', async () => {
    const { store, meanwhile } = interrupted('messages');
    let reads = 0;
    const counting: typeof store = { ...store };
    for (const name of ['messages', 'current', 'tail', 'feed', 'feeds'] as const)
      counting[name] = (...asked: never[]) => {
        reads += [asked[0]].flat().includes(group as never) ? 1 : 0;
        return (store[name] as (...args: never[]) => never)(...asked);
      };
    let group = '' as ConversationId;
    const world = await createWorld({ store: counting });
    group = await withGroup(world, bob);
    await world.ok(ann, op.send(group, 'before'));
    reads = 0;
    const page = await world.page(bob, group);
    expect([reads, page?.cursor, page?.records.length, page?.more]).toEqual([1, 4, 4, false]);
    for (let count = 0; count < 59; count++) await world.ok(ann, op.send(group, 'more'));
    const last = (await world.ok(ann, op.send(group, 'last'))).id as OpId;
    reads = 0;
    const larger = await world.page(bob, group);
    expect([reads, larger?.cursor, larger?.records.length, larger?.more]).toEqual([2, 64, 53, false]);
    meanwhile(() => world.ok(ann, op.edit(group, last, 'changed')));
    expect(await world.page(bob, group)).toMatchObject({ cursor: 65, more: false });
    meanwhile(async () => {
      await world.ok(ann, op.remove(group, bob));
      await world.ok(ann, op.send(group, 'behind his back'));
    });
    expect(await world.page(bob, group)).toMatchObject({ records: [], cursor: 0, reset: true });
    await world.streams.close();
  });

  it('[VB5] [RA4] small conversations are read many at a time, and one that changes before its turn is read again', async () => {
    const reads: string[] = [];
    const memory = createMemoryEntryStore();
    let meanwhile = (): Promise<unknown> => Promise.resolve();
    const counting: EntryStore = {
      ...memory,
      async feeds(streams) {
        const found = await memory.feeds(streams);
        reads.push(`${streams.length} at once`);
        await meanwhile();
        return found;
      },
      current(stream, types, id) {
        reads.push(`one of ${types.join()}`);
        return memory.current(stream, types, id);
      },
    };
    const world = await createWorld({ store: counting });
    const groups: ConversationId[] = [];
    for (let count = 0; count < 12; count++) groups.push(await withGroup(world, bob));
    for (const group of groups) await world.ok(ann, op.send(group, 'x'));
    reads.length = 0;
    const pages = (await world.pull(bob)).streams.slice(1);
    expect(pages.map(({ stream, records, cursor }) => [stream, records.length, cursor])).toEqual(
      groups.toReversed().map((group) => [group, 4, 4]),
    );
    expect(reads.filter((read) => read.endsWith('at once'))).toEqual(['12 at once']);
    expect(reads.filter((read) => read === 'one of conversation,member')).toEqual([]);

    const [changed, left] = groups as [ConversationId, ConversationId];
    meanwhile = async () => {
      meanwhile = () => Promise.resolve();
      await world.ok(ann, op.send(changed, 'later'));
      await world.ok(ann, op.remove(left, bob));
    };
    const after = await world.pull(bob);
    expect(after.streams.find(({ stream }) => stream === changed)).toMatchObject({ cursor: 5, more: false });
    expect(after.streams.find(({ stream }) => stream === left)).toBeUndefined();
    await world.streams.close();
  });
});
