import type { LocalStore, OutboxRow } from '#app/local-store/local-store.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { backoffMs, spreadMs } from './backoff.ts';
import type { Connection } from './connection.ts';
import type { Wait } from './outcome.ts';
import { planPushes, type Leave } from './plan-pushes.ts';
import { pushBatch } from './push.ts';

/** So many pushes at once: a stuck chat holds one of them, and the others go on. */
const MOST_UNDER_WAY = 4;
/** Room that stays for chats that are not suspected of anything. */
const MOST_ALONE = MOST_UNDER_WAY - 1;

interface PushRoundsParts {
  store: LocalStore;
  connection: Pick<Connection, 'ask' | 'number' | 'probe' | 'proven' | 'rest'>;
  mayLead: () => Promise<boolean>;
  random: () => number;
  onDefect: (error: unknown) => void;
}

export interface PushRounds {
  /** Something was queued. */
  push(): void;
  /** A new connection: everything that waits may try at once. */
  restart(): void;
  close(): void;
}

/** What is particular about a stream just now; most have no lane. */
interface Lane {
  isUnderWay: boolean;
  /** Runs while the stream waits. */
  timer?: ReturnType<typeof setTimeout>;
  /** Failures in a row. */
  tries: number;
  /** Set after a push without an answer: whose op it was is not known, so each goes alone, and fewer at a time. */
  isAlone: boolean;
  most: number;
}

/** Sends what waits: one push in flight per stream, in order; a stream that fails waits by itself. [CL2] [ST5] */
export function createPushRounds(parts: PushRoundsParts): PushRounds {
  const { store, connection, random } = parts;
  const lanes = new Map<ConversationId, Lane>();
  let underWay = 0;
  let isPlanning = false;
  let isPlanDue = false;
  let isClosed = false;
  let planTries = 0;
  let planTimer: ReturnType<typeof setTimeout> | undefined;

  async function plan(): Promise<void> {
    isPlanDue = true;
    if (isPlanning || planTimer !== undefined) return;
    isPlanning = true;
    try {
      while (isPlanDue && !isClosed && connection.number() !== 0 && underWay < MOST_UNDER_WAY) {
        isPlanDue = false;
        const rows = await store.outbox();
        prune(rows);
        // `sending` without a push under way is what a leader before this one left; it may have arrived or not.
        const mayLeave = rows.filter((row) => row.state === 'queued' || row.state === 'sending');
        for (const { rows: batch, isShared } of planPushes(mayLeave, leaveOf))
          if (underWay < (isShared ? MOST_UNDER_WAY : MOST_ALONE)) void send(batch);
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
  }

  function leaveOf(stream: ConversationId): Leave {
    const lane = lanes.get(stream);
    if (lane === undefined) return { isHeld: false, isAlone: false, most: limits.ops };
    return { isHeld: lane.isUnderWay || lane.timer !== undefined, isAlone: lane.isAlone, most: lane.most };
  }

  async function send(batch: readonly OutboxRow[]): Promise<void> {
    const streams = new Set(batch.map((row) => row.stream));
    for (const stream of streams) laneOf(stream).isUnderWay = true;
    underWay += 1;
    try {
      await sent(batch, streams);
    } catch (error) {
      // The device's storage failed. What was marked as under way is simply sent again.
      if (!isClosed) parts.onDefect(error);
      for (const stream of streams) wait(stream, { kind: 'wait' });
    } finally {
      underWay -= 1;
      for (const stream of streams) laneOf(stream).isUnderWay = false;
    }
    void plan();
  }

  async function sent(batch: readonly OutboxRow[], streams: ReadonlySet<ConversationId>): Promise<void> {
    const number = connection.number();
    const pushed = await pushBatch({ store, ask: connection.ask, mayLead: parts.mayLead }, batch);
    switch (pushed.kind) {
      case 'answered':
        if (pushed.waits.size < streams.size) connection.proven();
        for (const stream of streams) {
          const failed = pushed.waits.get(stream);
          if (failed === undefined) lanes.set(stream, newLane());
          else wait(stream, failed);
        }
        return;
      case 'unfit':
        alone(batch, streams);
        if (pushed.isBroken) for (const stream of streams) wait(stream, { kind: 'wait' });
        return undefined;
      case 'silence':
        // The connection ended: all of it goes again on the next one.
        if (connection.number() !== number) return;
        alone(batch, streams);
        for (const stream of streams) wait(stream, { kind: 'wait' });
        return connection.probe();
      case 'wait':
        for (const stream of streams) wait(stream, pushed);
        return;
      case 'refused':
        if (connection.number() === number) connection.rest(pushed.code);
        return;
      case 'stopped':
        // Another tab leads and sends them; should that be wrong, they are not forgotten here.
        for (const stream of streams) wait(stream, { kind: 'wait' });
    }
  }

  function alone(batch: readonly OutboxRow[], streams: ReadonlySet<ConversationId>): void {
    for (const stream of streams) {
      const lane = laneOf(stream);
      // First by itself; then, if that was not it, with half as many.
      if (streams.size === 1) lane.most = Math.max(1, Math.floor(batch.length / 2));
      lane.isAlone = true;
    }
  }

  function wait(stream: ConversationId, { ms }: Wait): void {
    if (isClosed) return;
    const lane = laneOf(stream);
    clearTimeout(lane.timer);
    lane.timer = setTimeout(
      () => {
        delete lane.timer;
        void plan();
      },
      ms === undefined ? backoffMs(lane.tries, random) : spreadMs(ms, random),
    );
    lane.tries += 1;
  }

  function laneOf(stream: ConversationId): Lane {
    const lane = lanes.get(stream) ?? newLane();
    lanes.set(stream, lane);
    return lane;
  }

  function prune(rows: readonly OutboxRow[]): void {
    const streams = new Set(rows.map((row) => row.stream));
    for (const [stream, lane] of lanes)
      if (!streams.has(stream) && !lane.isUnderWay && lane.timer === undefined) lanes.delete(stream);
  }

  return {
    push: () => void plan(),
    restart() {
      for (const lane of lanes.values()) {
        clearTimeout(lane.timer);
        delete lane.timer;
      }
      void plan();
    },
    close() {
      isClosed = true;
      clearTimeout(planTimer);
      for (const lane of lanes.values()) clearTimeout(lane.timer);
    },
  };
}

function newLane(): Lane {
  return { isUnderWay: false, tries: 0, isAlone: false, most: limits.ops };
}
