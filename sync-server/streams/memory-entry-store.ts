import type { StreamId } from '#protocol/ids.ts';
import { type Entry, type Stored, isMarker, partKey, rootKey } from './entry.ts';
import { type Batch, type EntryStore, type Hint, StoreUnavailable } from './entry-store.ts';

export interface MemoryStoreOptions {
  epoch?: string;
  isShared?: boolean;
  /**
   * Simulates the disk flush: a write takes effect when this resolves. A rejection simulates a crash before the flush: the
   * write is lost, and its caller gets StoreUnavailable. If absent, flushes take no time.
   */
  flush?: () => Promise<void>;
}

export interface MemoryEntryStore extends EntryStore {
  /** Every stored document, for tests which check that something is gone. */
  dump(): Stored[];
  /** Every batch that some consumer has not dealt with. */
  batches(): Batch[];
}

/** An entry store without a disk, which loses what was not flushed. For tests and the simulation. */
export function createMemoryEntryStore(options: MemoryStoreOptions = {}): MemoryEntryStore {
  const flush = options.flush ?? (() => Promise.resolve());
  const byKey = new Map<string, Stored>();
  const streams = new Map<StreamId, { revs: Map<number, Entry>; seqs: Set<number>; entries: Entry[] }>();
  const hints = new Map<StreamId, Hint>();
  const moved = new Map<StreamId, number>();
  const batches = new Map<string, Batch>();
  let raises = 0;

  function streamOf(stream: StreamId) {
    let found = streams.get(stream);
    if (found === undefined) streams.set(stream, (found = { revs: new Map(), seqs: new Set(), entries: [] }));
    return found;
  }

  function put(entry: Entry): boolean {
    const stream = streamOf(entry.stream);
    if (byKey.has(entry._id) || stream.revs.has(entry.rev)) return false;
    if (entry.isFirst && stream.seqs.has(entry.seq as number)) return false;
    const copy = { ...entry };
    byKey.set(copy._id, copy);
    stream.revs.set(copy.rev, copy);
    if (copy.isFirst) stream.seqs.add(copy.seq as number);
    let at = stream.entries.length;
    while (at > 0 && (stream.entries[at - 1] as Entry).rev > copy.rev) at--;
    stream.entries.splice(at, 0, copy);
    return true;
  }

  async function durable(): Promise<void> {
    try {
      await flush();
    } catch (error) {
      throw new StoreUnavailable('the flush failed', { cause: error });
    }
  }

  function isEntryAt(key: string): Entry | undefined {
    const found = byKey.get(key);
    return found === undefined || isMarker(found) ? undefined : found;
  }

  function forget(stored: Stored): void {
    byKey.delete(stored._id);
    if (isMarker(stored)) return;
    const stream = streamOf(stored.stream);
    stream.revs.delete(stored.rev);
    stream.entries.splice(stream.entries.indexOf(stored), 1);
  }

  const copies = (entries: Entry[]) => entries.map((entry) => ({ ...entry }));

  return {
    epoch: options.epoch ?? 'memory',
    isShared: options.isShared ?? false,
    async insert(entries, batch) {
      // The flush comes first, because nothing may be visible before it is durable.
      await durable();
      if (batch !== undefined) batches.set(batch.id, batch);
      let written = 0;
      for (const entry of entries) {
        if (!put(entry)) break;
        written++;
      }
      return { written };
    },
    async mark(marker) {
      await durable();
      if (byKey.has(marker._id)) return false;
      byKey.set(marker._id, { ...marker });
      return true;
    },
    async batchesFor(consumer, afterId, limit) {
      return [...batches.values()]
        .filter(({ id, consumers }) => id > afterId && consumers.includes(consumer))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
    async settleBatches(consumer, ids) {
      await durable();
      for (const id of ids) {
        const batch = batches.get(id);
        if (batch === undefined) continue;
        const consumers = batch.consumers.filter((name) => name !== consumer);
        if (consumers.length === 0) batches.delete(id);
        else batches.set(id, { ...batch, consumers });
      }
    },
    async deleteBatches(ids) {
      await durable();
      for (const id of ids) batches.delete(id);
    },
    async raiseHints(raised) {
      await durable();
      for (const [stream, { head, messageAt }] of raised) {
        const before = hints.get(stream) ?? { head: 0, messageAt: 0 };
        hints.set(stream, { head: Math.max(head, before.head), messageAt: Math.max(messageAt, before.messageAt) });
        moved.delete(stream);
        moved.set(stream, ++raises);
      }
    },
    async movedSince(since) {
      const found = [...moved].filter(([, at]) => since !== undefined && at >= since);
      return { heads: new Map(found.map(([stream]) => [stream, hints.get(stream)?.head ?? 0])), newest: raises };
    },
    async hints(wanted) {
      return new Map(wanted.flatMap((stream) => (hints.has(stream) ? [[stream, hints.get(stream) as Hint]] : [])));
    },
    async streamsFrom(stream, limit) {
      const names = [...hints.keys()].filter((name) => name >= stream).sort();
      return names.slice(0, limit).map((name): [StreamId, number] => [name, hints.get(name)?.head ?? 0]);
    },
    async tail(stream) {
      const last = streams.get(stream)?.entries.at(-1);
      return last === undefined ? undefined : { ...last };
    },
    async byKeys(keys) {
      return keys.flatMap((key) => (byKey.has(key) ? [{ ...(byKey.get(key) as Stored) }] : []));
    },
    async current(stream, types, id) {
      const entries = streams.get(stream)?.entries ?? [];
      return copies(
        entries.filter((entry) => entry.current && types.includes(entry.type) && (id === undefined || entry.id === id)),
      );
    },
    async records(type, wanted) {
      return wanted.flatMap(({ stream, id }) =>
        copies(
          (streams.get(stream)?.entries ?? []).filter(
            (entry) => entry.current && entry.type === type && entry.id === id,
          ),
        ),
      );
    },
    async feed(stream, afterRev, limit) {
      const entries = streams.get(stream)?.entries ?? [];
      return copies(entries.filter((entry) => entry.current && entry.rev > afterRev).slice(0, limit));
    },
    async feeds(wanted) {
      return wanted.flatMap((stream) => copies((streams.get(stream)?.entries ?? []).filter(({ current }) => current)));
    },
    async log(stream, afterRev, limit) {
      const entries = streams.get(stream)?.entries ?? [];
      return copies(entries.filter(({ rev }) => rev > afterRev).slice(0, limit));
    },
    async messages(stream, { after, before, limit, newestFirst }) {
      const found = (streams.get(stream)?.entries ?? []).filter(
        ({ current, type, seq = 0 }) => current && type === 'message' && seq > after && seq < before,
      );
      found.sort((a, b) => ((a.seq as number) - (b.seq as number) || a.rev - b.rev) * (newestFirst ? -1 : 1));
      return copies(found.slice(0, limit));
    },
    async messagesAt(stream, seqs) {
      const wanted = new Set(seqs);
      const entries = streams.get(stream)?.entries ?? [];
      return copies(entries.filter(({ current, type, seq = 0 }) => current && type === 'message' && wanted.has(seq)));
    },
    async lastSeq(stream) {
      return Math.max(0, ...(streams.get(stream)?.seqs ?? []));
    },
    async strip(keys, now) {
      await durable();
      for (const key of keys) {
        const entry = isEntryAt(key);
        if (entry === undefined) continue;
        entry.current = false;
        delete entry.body;
        if (!entry.isFirst) entry.prunableSince = now;
      }
    },
    async finish(keys) {
      await durable();
      for (const key of keys) {
        const entry = isEntryAt(key);
        if (entry === undefined) continue;
        delete entry.pending;
        delete entry.plan;
        delete entry.replaced;
      }
    },
    async pending({ stream, before }) {
      const entries = stream === undefined ? [...byKey.values()] : (streams.get(stream)?.entries ?? []);
      return entries
        .filter((entry): entry is Entry => !isMarker(entry))
        .filter((entry) => entry.pending === true && (before === undefined || entry.storedAt < before))
        .map((entry) => ({ ...entry }));
    },
    async prune(before) {
      await durable();
      let pruned = 0;
      const isOld = (stored: Stored | undefined) =>
        stored?.prunableSince !== undefined && stored.prunableSince < before;
      for (const stored of byKey.values()) {
        if (!byKey.has(stored._id) || !isOld(stored)) continue;
        if (isMarker(stored)) {
          forget(stored);
          pruned++;
          continue;
        }
        const parts = Array.from({ length: stored.partCount }, (_, at) => isEntryAt(partKey(rootKey(stored), at + 1)));
        if (stored.pending || !parts.every((part) => isOld(part))) continue;
        for (const part of parts) forget(part as Entry);
        pruned += parts.length;
      }
      return pruned;
    },
    batches: () => [...batches.values()],
    dump: () => [...byKey.values()].map((stored) => ({ ...stored })),
  };
}
