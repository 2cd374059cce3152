import { describe, expect, it } from 'vitest';
import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { Entry } from '#server/streams/entry.ts';
import type { Batch, EntryStore } from '#server/streams/entry-store.ts';
import { messageEntry } from './entry.fixture.ts';
import { newGroup, nextId } from './op.fixture.ts';
import { type OpenedStore, openForAllTests } from './opened-store.fixture.ts';

/** The contract of every entry store. */
export function describeEntryStore(name: string, open: () => Promise<OpenedStore<EntryStore>>): void {
  describe(`entry store: ${name}`, () => {
    let store: EntryStore;
    openForAllTests(open, (opened) => (store = opened));

    const stream = (): ConversationId => newGroup();

    it('[AP1] keeps what it acknowledged, field for field', async () => {
      const given = messageEntry(stream(), 1, 1, {
        plan: '{}',
        pending: true,
        replaced: ['a'],
        joinedRev: 3,
        fromSeq: 1,
        membershipRev: 3,
        isRequest: true,
        deliveredSeq: 2,
        sourceRev: 4,
      });
      expect(await store.insert([given])).toEqual({ written: 1 });
      expect(await store.byKeys([given._id])).toEqual([given]);
      expect(await store.tail(given.stream)).toEqual(given);
      expect(await store.insert([])).toEqual({ written: 0 });
    });

    it('[ST2] refuses a rev that is taken, and writes nothing after it', async () => {
      const s = stream();
      const [a, b, c, d] = [messageEntry(s, 1, 1), messageEntry(s, 2, 2), messageEntry(s, 2, 3), messageEntry(s, 3, 4)];
      expect(await store.insert([a, b, c, d])).toEqual({ written: 2 });
      expect(await store.byKeys([c._id, d._id])).toEqual([]);
      expect((await store.tail(s))?.rev).toBe(2);
    });

    it('[AP2] refuses a key that is taken, by an entry or by a marker, in any stream', async () => {
      const [a, marked] = [messageEntry(stream(), 1, 1), nextId()];
      await store.insert([a]);
      expect(await store.insert([messageEntry(stream(), 1, 1), messageEntry(stream(), 1, 1, { _id: a._id })])).toEqual({
        written: 1,
      });
      const marker = {
        _id: marked,
        user: 'ann' as UserId,
        named: stream(),
        storedAt: 1,
        prunableSince: 1,
        answer: '{"ok":false}',
      };
      expect(await store.mark(marker)).toBe(true);
      expect(await store.mark(marker)).toBe(false);
      expect(await store.mark({ ...marker, _id: a._id })).toBe(false);
      expect(await store.byKeys([marked])).toEqual([marker]);
      expect(await store.insert([messageEntry(stream(), 1, 1, { _id: marked })])).toEqual({ written: 0 });
    });

    it('[ST3] refuses a seq that is taken by a first version, not by a later one', async () => {
      const s = stream();
      const a = messageEntry(s, 1, 1);
      expect(await store.insert([a])).toEqual({ written: 1 });
      expect(await store.insert([messageEntry(s, 2, 1)])).toEqual({ written: 0 });
      const { isFirst: _, ...later } = messageEntry(s, 2, 1, { _id: nextId(), id: a.id });
      expect(await store.insert([later])).toEqual({ written: 1 });
      expect(await store.lastSeq(s)).toBe(1);
      expect(await store.lastSeq(stream())).toBe(0);
    });

    it('stores a prefix of an insert of any size', async () => {
      const s = stream();
      const long = (n: number) => messageEntry(s, n, n, { body: JSON.stringify('x'.repeat(300_000)) });
      await store.insert([messageEntry(s, 5, 5)]);
      expect(await store.insert([1, 2, 3, 4, 5, 6].map(long))).toEqual({ written: 4 });
      expect(await store.insert([messageEntry(s, 6, 6), messageEntry(s, 5, 7)])).toEqual({ written: 1 });
      expect((await store.log(s, 0, 10)).map(({ rev }) => rev)).toEqual([1, 2, 3, 4, 5, 6]);
    });

    it('[ST1] serves present versions: by rev, by seq from either end, by type and id', async () => {
      const s = stream();
      const all = [1, 2, 3, 4, 5].map((n) => messageEntry(s, n, n));
      await store.insert(all);
      await store.insert([{ ...messageEntry(s, 6, 0), type: 'member', id: `${s}/ann`, body: '{}' }]);
      const revs = (entries: Entry[]) => entries.map(({ rev }) => rev);
      expect(revs(await store.feed(s, 2, 3))).toEqual([3, 4, 5]);
      expect(revs(await store.feed(s, 6, 3))).toEqual([]);
      const other = stream();
      await store.insert([messageEntry(other, 1, 1)]);
      const both = await store.feeds([s, other, stream()]);
      expect(revs(both.filter((entry) => entry.stream === s))).toEqual([1, 2, 3, 4, 5, 6]);
      expect(revs(both.filter((entry) => entry.stream === other))).toEqual([1]);
      const range = { after: 0, before: 100, limit: 2, newestFirst: false };
      expect(revs(await store.messages(s, range))).toEqual([1, 2]);
      expect(revs(await store.messages(s, { ...range, newestFirst: true }))).toEqual([5, 4]);
      expect(revs(await store.messages(s, { ...range, after: 1, before: 4, limit: 9 }))).toEqual([2, 3]);
      expect(revs(await store.messagesAt(s, [4, 2, 9])).toSorted((a, b) => a - b)).toEqual([2, 4]);
      expect(await store.messagesAt(s, [])).toEqual([]);
      expect(revs(await store.current(s, ['member', 'conversation']))).toEqual([6]);
      expect(revs(await store.current(s, ['message'], (all[3] as Entry).id))).toEqual([4]);
      const wanted = [...all.slice(1, 4), ...Array.from({ length: 30 }, () => messageEntry(stream(), 1, 1))];
      const records = await store.records('message', wanted);
      expect(revs(records).toSorted((a, b) => a - b)).toEqual([2, 3, 4]);
      expect(await store.records('message', [{ stream: other, id: (all[3] as Entry).id }])).toEqual([]);
      expect(await store.tail(stream())).toBeUndefined();
    });

    it('[RC2] strips a version to a skeleton: no content, no longer served, its rev and key still taken', async () => {
      const s = stream();
      const old = messageEntry(s, 1, 1);
      await store.insert(
        [old, { ...messageEntry(s, 2, 1, { id: old.id, _id: nextId() }), isFirst: undefined as never }].map(clean),
      );
      await store.strip([old._id], 77);
      const [skeleton] = (await store.byKeys([old._id])) as Entry[];
      expect(skeleton).toMatchObject({ current: false, rev: 1, seq: 1 });
      expect(skeleton).not.toHaveProperty('body');
      expect(skeleton).not.toHaveProperty('prunableSince');
      expect((await store.feed(s, 0, 10)).map(({ rev }) => rev)).toEqual([2]);
      expect(await store.insert([messageEntry(s, 1, 9)])).toEqual({ written: 0 });
    });

    it('stores a batch in front of its entries until every consumer has dealt with it', async () => {
      const [s, other] = [stream(), stream()];
      const [name, slow] = [`quick ${nextId()}`, `slow ${nextId()}`];
      const batch = (streams: StreamId[], consumers: string[]): Batch => ({
        id: `batch/${nextId()}`,
        moves: streams.map((each) => ({ stream: each, prev: 0, head: 2, messageAt: 9 })),
        consumers,
      });
      const [one, two, three] = [batch([s], [name, slow]), batch([other], [name]), batch([s], [name, slow])];
      expect(await store.insert([messageEntry(s, 1, 1), messageEntry(s, 2, 2)], one)).toEqual({ written: 2 });
      // A conflict counts entries, never the batch: only the batch record itself became durable here.
      expect(await store.insert([messageEntry(s, 2, 3)], two)).toEqual({ written: 0 });
      expect(await store.insert([messageEntry(other, 1, 1), messageEntry(s, 2, 3)], three)).toEqual({ written: 1 });
      expect(await store.batchesFor(name, '', 10)).toEqual([one, two, three]);
      expect(await store.batchesFor(name, one.id, 1)).toEqual([two]);
      await store.settleBatches(name, [one.id, two.id, 'batch/unknown']);
      expect(await store.batchesFor(name, '', 10)).toEqual([three]);
      expect(await store.batchesFor(slow, '', 10)).toEqual([{ ...one, consumers: [slow] }, three]);
      await store.settleBatches(slow, [one.id]);
      await store.deleteBatches([three.id]);
      expect([...(await store.batchesFor(name, '', 10)), ...(await store.batchesFor(slow, '', 10))]).toEqual([]);
      // A batch belongs to no stream.
      expect((await store.tail(s))?.rev).toBe(2);
    });

    it('serves every version in rev order, skeletons too', async () => {
      const s = stream();
      const all = [1, 2, 3, 4].map((n) => messageEntry(s, n, n));
      await store.insert(all);
      await store.strip([(all[1] as Entry)._id], 7);
      const log = await store.log(s, 1, 2);
      expect(log.map(({ rev, body }) => [rev, body])).toEqual([
        [2, undefined],
        [3, '{"seq":3}'],
      ]);
      expect(await store.log(s, 4, 10)).toEqual([]);
    });

    it('raises hints and never lowers them', async () => {
      const [a, b] = [stream(), stream()];
      await store.raiseHints(new Map([[a, { head: 3, messageAt: 10 }]]));
      await store.raiseHints(new Map([[a, { head: 2, messageAt: 20 }]]));
      expect(await store.hints([a, b])).toEqual(new Map([[a, { head: 3, messageAt: 20 }]]));
      const many = Array.from({ length: 450 }, () => stream());
      await store.raiseHints(new Map(many.map((s, at) => [s, { head: at + 1, messageAt: 0 }])));
      expect((await store.hints(many)).size).toBe(450);
      const named: string[] = [];
      for (let from = '', page; (page = await store.streamsFrom(from, 100)).length > 1; from = named.at(-1) ?? '')
        named.push(...page.flatMap(([name, head]) => (name !== from && head > 0 ? [name] : [])));
      expect(named).toEqual([...named].sort());
      expect([...many, a].filter((s) => !named.includes(s))).toEqual([]);
    });

    it('[LV5] lists the streams that moved since a time, with their heads, each by its last move', async () => {
      const [a, b, c] = [stream(), stream(), stream()];
      await store.raiseHints(new Map([[a, { head: 1, messageAt: 0 }]]));
      const { newest, heads } = await store.movedSince();
      expect(heads.size).toBe(0);
      // The store's own clock must advance, so that what follows is later.
      let later = newest;
      while (later === newest) {
        await store.raiseHints(new Map([[b, { head: 5, messageAt: 0 }]]));
        later = (await store.movedSince()).newest;
      }
      expect([...(await store.movedSince(later)).heads]).toEqual([[b, 5]]);
      await store.raiseHints(new Map([[a, { head: 7, messageAt: 0 }]]));
      const since = await store.movedSince(later);
      expect(since.heads.get(a)).toBe(7);
      expect(since.heads.has(c)).toBe(false);
      const many = Array.from({ length: 2_300 }, () => stream());
      await store.raiseHints(new Map(many.map((s, at) => [s, { head: at + 1, messageAt: 0 }])));
      const found = (await store.movedSince(since.newest)).heads;
      expect(many.every((s, at) => found.get(s) === at + 1)).toBe(true);
    });

    it('[AP9] finds what is pending, by stream and by age, until it is finished', async () => {
      const [s, other] = [stream(), stream()];
      const [a, b] = [
        messageEntry(s, 1, 1, { pending: true, plan: 'p', replaced: ['x'], storedAt: 10 }),
        messageEntry(other, 1, 1, { pending: true, storedAt: 20 }),
      ];
      await store.insert([a, b, messageEntry(s, 2, 2)]);
      const keys = (entries: Entry[]) => entries.map(({ _id }) => _id).filter((key) => key === a._id || key === b._id);
      expect(keys(await store.pending({ stream: s }))).toEqual([a._id]);
      expect(keys(await store.pending({ before: 15 }))).toEqual([a._id]);
      expect(keys(await store.pending({})).sort()).toEqual([a._id, b._id].sort());
      await store.finish([a._id, b._id]);
      expect(keys(await store.pending({}))).toEqual([]);
      const [finished] = await store.byKeys([a._id]);
      for (const field of ['pending', 'plan', 'replaced']) expect(finished).not.toHaveProperty(field);
    });

    it('prunes old skeletons and markers, all of an op or none of it, and never a creation or a tail', async () => {
      const s = stream();
      const root = nextId();
      const part = (n: number, rev: number, seq: number): Entry => ({
        ...messageEntry(s, rev, seq, { _id: n === 1 ? root : `${root}/${n}` }),
        type: 'member',
        part: n,
        partCount: 2,
      });
      const [whole, halfA, halfB, created] = [nextId(), nextId(), nextId(), messageEntry(s, 9, 9)];
      const plain = (entry: Entry) => clean({ ...entry, isFirst: undefined as never, seq: undefined as never });
      const half = (id: string, n: number, rev: number): Entry =>
        plain({ ...part(n, rev, 0), _id: n === 1 ? id : `${id}/${n}` });
      await store.insert([
        plain(part(1, 1, 1)),
        plain(part(2, 2, 2)),
        half(halfA, 1, 3),
        half(halfA, 2, 4),
        plain(messageEntry(s, 5, 0, { _id: whole })),
        { ...created, rev: 6 },
        plain(messageEntry(s, 7, 0, { _id: halfB })),
      ]);
      await store.mark({
        _id: `${halfB}m`,
        user: 'ann' as UserId,
        named: s,
        storedAt: 50,
        prunableSince: 50,
        answer: '{}',
      });
      await store.strip([root, `${root}/2`, halfA, whole, created._id], 50);
      await store.prune(50);
      expect((await store.byKeys([root, whole])).length).toBe(2);
      await store.prune(51);
      const kept = [halfA, `${halfA}/2`, halfB, created._id];
      expect(
        (await store.byKeys([root, `${root}/2`, whole, `${halfB}m`, ...kept])).map(({ _id }) => _id).sort(),
      ).toEqual([...kept].sort());
    });
  });
}

/** Without fields that are undefined, because a database does not store them either. */
function clean(entry: Entry): Entry {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as unknown as Entry;
}
