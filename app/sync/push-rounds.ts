import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { backoffMs, spreadMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import type { Wait } from './outcome.ts';
import { planPushes, readyToSend, type PushLimits } from './plan-pushes.ts';
import { pushBatch } from './push.ts';

/** Pushes in flight at once: a stuck chat blocks only one of them. */
const MAX_IN_FLIGHT = 4;
/** One place is reserved for streams that are not isolated. */
const MAX_ISOLATED_IN_FLIGHT = MAX_IN_FLIGHT - 1;

interface PushRoundsParts {
  store: LocalStore;
  connection: Pick<Connection, 'ask' | 'number' | 'pieceBytes' | 'proven' | 'refused' | 'unsent'>;
  mayLead: () => Promise<boolean>;
  random: () => number;
  onDefect: (error: unknown) => void;
}

export interface PushRounds {
  /** Ops were queued. */
  push(): void;
  /** Reserves the stream for an op that is about to be queued; undefined if that op could not be sent at once. */
  reserve(stream: ConversationId): Reservation | undefined;
  /** Finds out whether an earlier session left ops to send. */
  look(): Promise<void>;
  /** After a new connection: streams that wait are retried at once. Resolves when what can be sent is on its way. [CL10] */
  restart(): Promise<void>;
  close(): void;
}

/** Until it is used, nothing else is sent on its stream. One of its functions must be called. */
export interface Reservation {
  /** Sends rows that were marked as attempted when they were queued. */
  send(rows: readonly OutboxRow[]): void;
  release(): void;
}

/** How the pushes of a stream are doing; most streams have no state. */
interface PushState {
  isInFlight: boolean;
  /** Set while the stream waits for its next try. */
  timer?: ReturnType<typeof setTimeout>;
  /** Failures in a row. */
  tries: number;
  /** Set after a push that failed as a whole: any of its streams may be the cause, so each is sent alone, then in smaller pushes. */
  isIsolated: boolean;
  maxOps: number;
}

/** Sends queued ops: one push in flight per stream, in order. A stream that fails waits without holding back others. [CL2] [ST5] */
export function createPushRounds(parts: PushRoundsParts): PushRounds {
  const { store, connection, random } = parts;
  const states = new Map<ConversationId, PushState>();
  let inFlight = 0;
  let isPlanning = false;
  let isPlanDue = false;
  let isClosed = false;
  let planTries = 0;
  let planTimer: ReturnType<typeof setTimeout> | undefined;

  /** Resolves when the pushes that it has started are handed to the connection. */
  async function plan(): Promise<void> {
    const handedOver: Promise<void>[] = [];
    isPlanDue = true;
    if (isPlanning || planTimer !== undefined) return;
    isPlanning = true;
    try {
      while (isPlanDue && !isClosed && connection.number() !== 0 && inFlight < MAX_IN_FLIGHT) {
        isPlanDue = false;
        const rows = await store.outbox();
        prune(rows);
        const sendable = readyToSend(rows);
        connection.unsent(sendable.length > 0);
        for (const { rows: batch, isShared } of planPushes(sendable, limitsOf, connection.pieceBytes()))
          if (inFlight < (isShared ? MAX_IN_FLIGHT : MAX_ISOLATED_IN_FLIGHT)) handedOver.push(send(batch));
        planTries = 0;
      }
    } catch (error) {
      if (isClosed) return;
      parts.onDefect(error);
      planTries += 1;
      planTimer = setTimeout(
        () => {
          planTimer = undefined;
          void plan();
        },
        backoffMs(planTries - 1, random),
      );
    } finally {
      isPlanning = false;
    }
    await Promise.all(handedOver);
  }

  function limitsOf(stream: ConversationId): PushLimits {
    const state = states.get(stream);
    if (state === undefined) return { isHeldBack: false, isIsolated: false, maxOps: limits.ops };
    return {
      isHeldBack: state.isInFlight || state.timer !== undefined,
      isIsolated: state.isIsolated,
      maxOps: state.maxOps,
    };
  }

  /** Resolves when the push is handed to the connection, or has failed before that. */
  function send(batch: readonly OutboxRow[], isMarked = false): Promise<void> {
    return new Promise((resolve) => void sendAndHandle(batch, isMarked, resolve).finally(resolve));
  }

  async function sendAndHandle(batch: readonly OutboxRow[], isMarked: boolean, onSent: () => void): Promise<void> {
    const streams = new Set(batch.map((row) => row.stream));
    for (const stream of streams) stateOf(stream).isInFlight = true;
    inFlight += 1;
    try {
      await pushAndHandle(batch, isMarked, streams, onSent);
    } catch (error) {
      // The device's storage failed. Ops already marked as attempted are sent again.
      if (!isClosed) parts.onDefect(error);
      for (const stream of streams) wait(stream, { kind: 'wait' });
    } finally {
      inFlight -= 1;
      for (const stream of streams) stateOf(stream).isInFlight = false;
    }
    void plan();
  }

  async function pushAndHandle(
    batch: readonly OutboxRow[],
    isMarked: boolean,
    streams: ReadonlySet<ConversationId>,
    onSent: () => void,
  ): Promise<void> {
    const number = connection.number();
    const pushed = await pushBatch({ store, ask: connection.ask, mayLead: parts.mayLead, onSent }, batch, isMarked);
    switch (pushed.kind) {
      case 'answered':
        if (pushed.waits.size < streams.size) connection.proven();
        for (const stream of streams) {
          const failed = pushed.waits.get(stream);
          if (failed === undefined) states.set(stream, newState());
          else wait(stream, failed);
        }
        return;
      case 'unfit':
        isolate(batch, streams);
        if (pushed.isBroken) for (const stream of streams) wait(stream, { kind: 'wait' });
        return undefined;
      case 'silence':
        // The connection ended, and the next one sends everything again.
        if (connection.number() !== number) return;
        isolate(batch, streams);
        for (const stream of streams) wait(stream, { kind: 'wait' });
        return;
      case 'wait':
        for (const stream of streams) wait(stream, pushed);
        return;
      case 'refused':
        if (connection.number() === number) connection.refused(pushed.code);
        return;
      case 'stopped':
        // Another tab leads and sends these ops. If it does not, this tab tries again.
        for (const stream of streams) wait(stream, { kind: 'wait' });
    }
  }

  function isolate(batch: readonly OutboxRow[], streams: ReadonlySet<ConversationId>): void {
    for (const stream of streams) {
      const state = stateOf(stream);
      // First alone; if that fails too, with half as many ops.
      if (streams.size === 1) state.maxOps = Math.max(1, Math.floor(batch.length / 2));
      state.isIsolated = true;
    }
  }

  function wait(stream: ConversationId, { ms }: Wait): void {
    if (isClosed) return;
    const state = stateOf(stream);
    clearTimeout(state.timer);
    state.timer = setTimeout(
      () => {
        delete state.timer;
        void plan();
      },
      ms === undefined ? backoffMs(state.tries, random) : spreadMs(ms, random),
    );
    state.tries += 1;
  }

  function stateOf(stream: ConversationId): PushState {
    const state = states.get(stream) ?? newState();
    states.set(stream, state);
    return state;
  }

  function prune(rows: readonly OutboxRow[]): void {
    const streams = new Set(rows.map((row) => row.stream));
    for (const [stream, state] of states)
      if (!streams.has(stream) && !state.isInFlight && state.timer === undefined) states.delete(stream);
  }

  return {
    push() {
      connection.unsent(true);
      void plan();
    },
    reserve(stream) {
      const { isHeldBack, isIsolated } = limitsOf(stream);
      if (isClosed || connection.number() === 0 || inFlight >= MAX_IN_FLIGHT || isHeldBack || isIsolated)
        return undefined;
      stateOf(stream).isInFlight = true;
      inFlight += 1;
      const end = () => {
        inFlight -= 1;
        stateOf(stream).isInFlight = false;
      };
      return {
        send(rows) {
          end();
          // Ops that were marked and not sent are queued again on the next connection, or by the next engine.
          if (isClosed || connection.number() === 0) return;
          connection.unsent(true);
          void send(rows, true);
        },
        release() {
          end();
          connection.unsent(true);
          void plan();
        },
      };
    },
    async look() {
      connection.unsent(readyToSend(await store.outbox()).length > 0);
    },
    restart() {
      for (const state of states.values()) {
        clearTimeout(state.timer);
        delete state.timer;
      }
      return plan();
    },
    close() {
      isClosed = true;
      clearTimeout(planTimer);
      for (const state of states.values()) clearTimeout(state.timer);
    },
  };
}

function newState(): PushState {
  return { isInFlight: false, tries: 0, isIsolated: false, maxOps: limits.ops };
}
