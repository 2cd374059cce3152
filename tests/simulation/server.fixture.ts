import type { StreamId, UserId } from '#protocol/ids.ts';
import type { Changes, Heads, Welcome } from '#protocol/live.ts';
import { HEADS_INTERVAL_MS, MAX_DIGEST_CELLS } from '#protocol/limits.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { wrapStore } from '#server/streams/wrap-store.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { type EntryStore, StoreUnavailable } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { memoryBlocks } from '#server/streams/testing/blocks.fixture.ts';
import { peopleOf } from '#server/streams/testing/people.fixture.ts';
import type { Streams } from '#server/streams/streams.ts';
import { recordsFor } from '#server/streams/visibility.ts';
import { sleep, type Run } from './run.fixture.ts';

/** One process of the server. Once dead, it neither sends nor writes anything. */
interface Process {
  isDead: boolean;
  streams: Streams;
}

/** The server's end of a connection. */
export interface ServerSocket {
  userId: UserId;
  welcome(welcome: Welcome): void;
  changes(changes: Changes): void;
  heads(heads: Heads): void;
  /** Called when the process has crashed. */
  disconnect(): void;
}

export interface Server {
  /** Undefined while the server is down. */
  process(): Process | undefined;
  accept(socket: ServerSocket): void;
  hangUp(socket: ServerSocket): void;
  crash(): void;
  start(): Promise<void>;
  close(): Promise<void>;
  defects: unknown[];
}

/** Real streams over a store that survives the process, which may crash at any write, and a fan-out of their announcements. */
export function createServer(run: Run, people: readonly UserId[], onCrash: () => void): Server {
  const memory = createMemoryEntryStore();
  const blocks = memoryBlocks();
  const defects: unknown[] = [];
  /** Each with the streams that changed since its last heads. */
  const sockets = new Map<ServerSocket, Map<StreamId, number>>();
  const crashed: Streams[] = [];
  let process: Process | undefined;
  let heads: ReturnType<typeof setInterval> | undefined;

  function crash(): void {
    if (process === undefined) return;
    run.log('the server crashes');
    run.counts.serverCrashes++;
    process.isDead = true;
    crashed.push(process.streams);
    process = undefined;
    clearInterval(heads);
    for (const socket of sockets.keys()) socket.disconnect();
    sockets.clear();
    onCrash();
  }

  /** The store as one process sees it: slow, busy at times, and out of reach once the process is dead. */
  function storeOf(own: { isDead: boolean }): EntryStore {
    const mustBeAlive = () => {
      if (own.isDead) throw new StoreUnavailable('dead');
    };
    const reading = async <T>(call: () => Promise<T>): Promise<T> => {
      if (run.chance(0.2)) await sleep(run.below(15));
      mustBeAlive();
      return call();
    };
    const writing = async <T>(call: () => Promise<T>): Promise<T> => {
      await sleep(run.below(8));
      mustBeAlive();
      if (run.injectsFaults && run.chance(0.01)) throw new StoreUnavailable('busy');
      if (run.injectsFaults && process?.isDead === false && run.chance(0.003)) crash();
      mustBeAlive();
      const written = await call();
      if (run.injectsFaults && process?.isDead === false && run.chance(0.003)) crash();
      mustBeAlive();
      return written;
    };
    return wrapStore(memory, { read: reading, write: writing });
  }

  function announce(batch: readonly Announcement[]): void {
    for (const { stream, prev, cursor, records, readers } of batch)
      for (const [socket, changed] of sockets) {
        const reader = readers.find(({ userId }) => userId === socket.userId);
        if (reader === undefined) continue;
        changed.set(stream, cursor);
        socket.changes({ stream, prev, cursor, records: recordsFor(records, reader) });
      }
  }

  function sendHeads(): void {
    for (const [socket, changed] of sockets) {
      if (changed.size > 0) socket.heads(Object.fromEntries<number>(changed));
      changed.clear();
    }
  }

  return {
    process: () => process,
    defects,
    crash,
    async start() {
      while (process === undefined) {
        const own = { isDead: false };
        try {
          const streams = await createStreams({
            store: storeOf(own),
            people: peopleOf(new Map(people.map((id) => [id, id]))),
            // One link to each group, made by its creator, which every device has.
            links: {
              find: async (_token, stream) => {
                const createdBy = run.groups.get(stream);
                return createdBy === undefined ? undefined : { createdBy };
              },
              use: async () => true,
            },
            blocks,
            hasRequests: true,
            announce: (batch) => own.isDead || announce(batch),
            now: () => Date.now(),
            onDefect: (error) => defects.push(error),
            shareAfterMs: 200,
            completeEveryMs: 2_000,
          });
          const started = Object.assign(own, { streams });
          process = started;
          run.log('the server is up');
          heads = setInterval(sendHeads, HEADS_INTERVAL_MS);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
        }
      }
    },
    accept(socket) {
      if (process === undefined) return socket.disconnect();
      // Subscribed before it is welcomed, so that it misses no change after the welcome. [LV2]
      sockets.set(socket, new Map());
      socket.welcome({
        protocol: 1,
        epoch: process.streams.epoch,
        userId: socket.userId,
        serverTime: new Date().toISOString(),
        limits: {},
        digest: MAX_DIGEST_CELLS,
      });
    },
    hangUp: (socket) => void sockets.delete(socket),
    async close() {
      clearInterval(heads);
      const all = process === undefined ? crashed : [...crashed, process.streams];
      await Promise.all(all.map((streams) => streams.close()));
    },
  };
}
