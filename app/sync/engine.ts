import type { LocalStore } from '#app/local-store/local-store.ts';
import { isConversation, uuidV7, type ConversationId, type StreamId } from '#protocol/ids.ts';
import type { Changes } from '#protocol/live.ts';
import { isKnown, type FeedRecord } from '#protocol/record.ts';
import { backoffMs } from './backoff.ts';
import { pullStreams } from './pull.ts';
import { pushOutbox } from './push.ts';
import type { ConnectionStatus, SyncStatus } from './status.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';

/** Marks of delivery are gathered this long: a burst of messages is acknowledged once. */
const DELIVERED_GATHERED_MS = 400;

interface EngineParts {
  store: LocalStore;
  transport: (events: TransportEvents) => Transport;
  isOnline: () => boolean;
  /** False once another tab leads. */
  isLeading: () => boolean;
  onStatus: (status: SyncStatus) => void;
}

export interface Engine {
  /** Something was queued. */
  queued(): void;
  /** Now is a good moment to try: network back, page visible, a press. [CL7] */
  wake(): void;
  close(): void;
}

/** Keeps a device and the server the same: connects, pulls, applies, pushes. Runs in one tab at a time. */
export function startEngine({ store, transport: open, isOnline, isLeading, onStatus }: EngineParts): Engine {
  let status: SyncStatus = { connection: { phase: isOnline() ? 'connecting' : 'offline' }, caughtUpAt: null };
  let isConnected = false;
  let isClosed = false;
  let tries = 0;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let pushTimer: ReturnType<typeof setTimeout> | undefined;
  const behind = new Set<StreamId>();
  let pulling: Promise<void> | undefined;
  let isPullAgain = false;
  let pushing: Promise<void> | undefined;
  let isPushAgain = false;
  let pushTries = 0;
  const delivered = new Map<ConversationId, number>();
  let deliveredTimer: ReturnType<typeof setTimeout> | undefined;

  const show = (connection: ConnectionStatus, caughtUpAt = status.caughtUpAt) => {
    if (isClosed) return;
    status = { connection, caughtUpAt };
    onStatus(status);
  };

  const transport = open({
    welcome() {
      isConnected = true;
      tries = 0;
      behind.clear();
      show({ phase: 'catching-up', streamsDone: 0, streamsTotal: 0 });
      // What was under way when a connection ended may have arrived: it goes again, saying `retry`.
      void store.requeue().then(() => {
        pull();
        push();
      });
    },
    changes: (changes) => void live(changes),
    heads(heads) {
      void store.cursors().then((cursors) => {
        const moved = Object.entries(heads).filter(([stream, head]) => (cursors[stream as StreamId] ?? 0) < head);
        if (moved.length > 0) pull(moved.map(([stream]) => stream as StreamId));
      });
    },
    lost,
  });

  async function live(changes: Changes): Promise<void> {
    if (isClosed) return;
    const applied = await store.applyChanges(changes);
    if (applied === 'behind') return pull([changes.stream]);
    if (applied === 'applied') {
      noteDelivered(changes.stream, changes.records);
      if (status.connection.phase === 'online') show({ phase: 'online' }, Date.now());
    }
  }

  function lost(why: Lost): void {
    isConnected = false;
    if (isClosed) return;
    if (why.kind === 'refused' && (why.error.code === 'unauthorized' || why.error.code === 'upgrade_required')) {
      // Trying again by itself changes nothing here: the person must do something first, then `wake` comes.
      return show({ phase: 'refused', code: why.error.code });
    }
    retryIn(why.kind === 'refused' && why.error.retryAfterMs !== undefined ? why.error.retryAfterMs : backoffMs(tries));
    tries += 1;
  }

  function retryIn(ms: number): void {
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, ms);
    show(isOnline() ? { phase: 'connecting', nextTryAt: Date.now() + ms } : { phase: 'offline' });
  }

  function connect(): void {
    clearTimeout(retryTimer);
    if (isClosed || isConnected) return;
    // Tried although the device says offline: it is wrong about that in some networks, and a failed try costs little.
    show({ phase: isOnline() ? 'connecting' : 'offline' });
    transport.connect();
  }

  /** Pulls everything, or some streams; what comes in between waits for the next round. */
  function pull(only?: readonly StreamId[]): void {
    if (only === undefined) isPullAgain = true;
    else for (const stream of only) behind.add(stream);
    pulling ??= pullRounds().finally(() => {
      pulling = undefined;
    });
  }

  async function pullRounds(): Promise<void> {
    while (isConnected && !isClosed && (isPullAgain || behind.size > 0)) {
      const only = isPullAgain ? undefined : [...behind];
      isPullAgain = false;
      behind.clear();
      const pulled = await pullStreams(
        store,
        transport,
        {
          applied: async (answer) => {
            for (const page of answer.streams) noteDelivered(page.stream, page.records);
          },
          progress: (streamsDone, streamsTotal) => show({ phase: 'catching-up', streamsDone, streamsTotal }),
        },
        only,
      );
      if (pulled.kind === 'refused')
        return (transport.close(), lost({ kind: 'refused', error: { code: 'unauthorized' } }));
      if (pulled.kind !== 'done') {
        if (only === undefined) isPullAgain = true;
        else for (const stream of only) behind.add(stream);
        await pause(pulled.kind === 'wait' ? (pulled.ms ?? 1_000) : 500);
        continue;
      }
      if (isConnected && !isPullAgain && behind.size === 0) show({ phase: 'online' }, Date.now());
    }
  }

  function push(): void {
    isPushAgain = true;
    pushing ??= pushRounds().finally(() => {
      pushing = undefined;
    });
  }

  async function pushRounds(): Promise<void> {
    while (isPushAgain && isConnected && !isClosed) {
      isPushAgain = false;
      const pushed = await pushOutbox(store, transport, () => !isClosed && isLeading());
      if (pushed.kind === 'done') pushTries = 0;
      if (pushed.kind === 'refused')
        return (transport.close(), lost({ kind: 'refused', error: { code: 'unauthorized' } }));
      if (pushed.kind === 'wait' || pushed.kind === 'lost') {
        clearTimeout(pushTimer);
        const ms = pushed.kind === 'wait' && pushed.ms !== undefined ? pushed.ms : backoffMs(pushTries);
        pushTries += 1;
        pushTimer = setTimeout(push, ms);
        return;
      }
    }
  }

  /** Others' messages that are durable here are marked as delivered, through the outbox like every op. [RD2] */
  function noteDelivered(stream: StreamId, records: readonly FeedRecord[]): void {
    if (!isConversation(stream)) return;
    for (const record of records) {
      if (!isKnown(record) || record.type !== 'message' || record.senderId === store.userId) continue;
      delivered.set(stream, Math.max(delivered.get(stream) ?? 0, record.seq));
    }
    if (delivered.size > 0) deliveredTimer ??= setTimeout(() => void markDelivered(), DELIVERED_GATHERED_MS);
  }

  async function markDelivered(): Promise<void> {
    deliveredTimer = undefined;
    const marks = [...delivered];
    delivered.clear();
    if (isClosed) return;
    const ops = marks.map(([stream, deliveredSeq]) => ({
      id: uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10))),
      stream,
      kind: 'receipt.mark' as const,
      deliveredSeq,
    }));
    await store.enqueue(ops, new Date().toISOString());
    push();
  }

  // A leader before this one may have ended in the middle of a push.
  void store.requeue().then(connect);

  return {
    queued: () => isConnected && push(),
    wake() {
      if (isConnected) return pull();
      tries = 0;
      connect();
    },
    close() {
      isClosed = true;
      isConnected = false;
      for (const timer of [retryTimer, pushTimer, deliveredTimer]) clearTimeout(timer);
      transport.close();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
