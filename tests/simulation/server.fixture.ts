import type { StreamId, UserId } from '#protocol/ids.ts';
import type { Changes, Heads, Welcome } from '#protocol/live.ts';
import { HEADS_INTERVAL_MS } from '#protocol/limits.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { peopleOf } from '#server/streams/testing/world.fixture.ts';
import type { Streams } from '#server/streams/streams.ts';
import { recordsFor } from '#server/streams/visibility.ts';
import { sleep, type Weather } from './weather.fixture.ts';

/** One process of the server; once dead it does nothing, says nothing, and writes nothing any more. */
interface Process {
  isDead: boolean;
  streams: Streams;
}

/** The server's end of a connection. */
export interface Link {
  userId: UserId;
  welcome(welcome: Welcome): void;
  changes(changes: Changes): void;
  heads(heads: Heads): void;
  /** The process is gone, and the connection with it. */
  cut(): void;
}

export interface Server {
  /** Undefined while it is down. */
  process(): Process | undefined;
  accept(link: Link): void;
  hangUp(link: Link): void;
  kill(): void;
  start(): Promise<void>;
  close(): Promise<void>;
  defects: unknown[];
}

/** Real streams over a store that outlives their process, which dies at any of its writes; and the fan-out of what they announce. */
export function createServer(weather: Weather, people: readonly UserId[], onDeath: () => void): Server {
  const memory = createMemoryEntryStore();
  const defects: unknown[] = [];
  /** With the streams that moved since the last heads. */
  const links = new Map<Link, Map<StreamId, number>>();
  const buried: Streams[] = [];
  let process: Process | undefined;
  let heads: ReturnType<typeof setInterval> | undefined;

  function kill(): void {
    if (process === undefined) return;
    weather.say('the server dies');
    weather.did.serverDeaths++;
    process.isDead = true;
    buried.push(process.streams);
    process = undefined;
    clearInterval(heads);
    for (const link of links.keys()) link.cut();
    links.clear();
    onDeath();
  }

  function seenBy(own: { isDead: boolean }): EntryStore {
    const mustLive = () => {
      if (own.isDead) throw new StoreUnavailable('dead');
    };
    const reading = async <T>(call: () => Promise<T>): Promise<T> => {
      if (weather.chance(0.2)) await sleep(weather.below(15));
      mustLive();
      return call();
    };
    const writing = async <T>(call: () => Promise<T>): Promise<T> => {
      await sleep(weather.below(8));
      mustLive();
      if (weather.isStorm && weather.chance(0.01)) throw new StoreUnavailable('busy');
      if (weather.isStorm && process?.isDead === false && weather.chance(0.003)) kill();
      mustLive();
      const written = await call();
      if (weather.isStorm && process?.isDead === false && weather.chance(0.003)) kill();
      mustLive();
      return written;
    };
    return {
      epoch: memory.epoch,
      insert: (entries, batch) => writing(() => memory.insert(entries, batch)),
      mark: (marker) => writing(() => memory.mark(marker)),
      batchesFor: (...asked) => reading(() => memory.batchesFor(...asked)),
      settleBatches: (consumer, ids) => writing(() => memory.settleBatches(consumer, ids)),
      deleteBatches: (ids) => writing(() => memory.deleteBatches(ids)),
      log: (...asked) => reading(() => memory.log(...asked)),
      raiseHints: (hints) => writing(() => memory.raiseHints(hints)),
      strip: (keys, now) => writing(() => memory.strip(keys, now)),
      finish: (keys) => writing(() => memory.finish(keys)),
      prune: (before) => writing(() => memory.prune(before)),
      movedSince: (since) => reading(() => memory.movedSince(since)),
      hints: (streams) => reading(() => memory.hints(streams)),
      tail: (stream) => reading(() => memory.tail(stream)),
      byKeys: (keys) => reading(() => memory.byKeys(keys)),
      current: (...asked) => reading(() => memory.current(...asked)),
      feed: (...asked) => reading(() => memory.feed(...asked)),
      messages: (...asked) => reading(() => memory.messages(...asked)),
      lastSeq: (stream) => reading(() => memory.lastSeq(stream)),
      pending: (where) => reading(() => memory.pending(where)),
    };
  }

  function announce(batch: readonly Announcement[]): void {
    for (const { stream, prev, cursor, records, readers } of batch)
      for (const [link, moved] of links) {
        const reader = readers.find(({ userId }) => userId === link.userId);
        if (reader === undefined) continue;
        moved.set(stream, cursor);
        link.changes({ stream, prev, cursor, records: recordsFor(records, reader) });
      }
  }

  function tellHeads(): void {
    for (const [link, moved] of links) {
      if (moved.size > 0) link.heads(Object.fromEntries<number>(moved));
      moved.clear();
    }
  }

  return {
    process: () => process,
    defects,
    kill,
    async start() {
      while (process === undefined) {
        const own = { isDead: false };
        try {
          const streams = await createStreams({
            store: seenBy(own),
            people: peopleOf(new Map(people.map((id) => [id, id]))),
            announce: (batch) => own.isDead || announce(batch),
            now: () => Date.now(),
            onDefect: (error) => defects.push(error),
            shareAfterMs: 200,
            lookEveryMs: 2_000,
          });
          const started = Object.assign(own, { streams });
          process = started;
          weather.say('the server is up');
          heads = setInterval(tellHeads, HEADS_INTERVAL_MS);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
        }
      }
    },
    accept(link) {
      if (process === undefined) return link.cut();
      // Subscribed first, then welcomed: what moves from here on comes live. [LV2]
      links.set(link, new Map());
      link.welcome({
        protocol: 1,
        epoch: process.streams.epoch,
        userId: link.userId,
        serverTime: new Date().toISOString(),
        limits: {},
      });
    },
    hangUp: (link) => void links.delete(link),
    async close() {
      clearInterval(heads);
      const all = process === undefined ? buried : [...buried, process.streams];
      await Promise.all(all.map((streams) => streams.close()));
    },
  };
}
