import { createBetterWays, type BetterWays } from './better-ways.ts';
import type { Obstacle } from './obstacle.ts';
import { openConnection, type ConnectionOptions } from './open-connection.ts';
import type { OpenWay } from './open-way.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';
import { HEAD_START_MS, createWays, type Way } from './ways.ts';

/** After a try that hung, the next one waits longer. */
const MAX_PATIENCE = 4;

export interface TransportOptions extends ConnectionOptions {
  /** For tests. */
  headStartMs?: number;
  backAfterMs?: number;
}

/** A connection over one way. The first one to be welcomed is the current one. */
interface Attempt {
  way: Way;
  betterWays: BetterWays;
  /** When it became the current one. */
  sinceMs: number;
}

/**
 * The verbs and live events over the best way that works: Socket.IO over a WebSocket or long polling, or the verbs over HTTP. A try
 * begins with one way, goes on with a second one beside it if the first fails or hangs, and with the last one if both have failed;
 * the first to be welcomed is used. [CL9]
 */
export function serverTransport(options: TransportOptions, events: TransportEvents): Transport {
  const { headStartMs = HEAD_START_MS, backAfterMs, ...connectionOptions } = options;
  const ways = createWays();
  const connections = new Map<Attempt, OpenWay>();
  let current: Attempt | undefined;
  let secondTimer: ReturnType<typeof setTimeout> | undefined;
  let patience = 1;

  function close(except?: Attempt): void {
    clearTimeout(secondTimer);
    current?.betterWays.stop();
    current = undefined;
    for (const [attempt, connection] of connections) {
      if (attempt === except) continue;
      connections.delete(attempt);
      connection.close();
    }
  }

  function connect(): void {
    if (connections.size > 0) return;
    const rest = ways.order();
    let obstacle: Obstacle | undefined;
    tryNext();
    secondTimer = setTimeout(tryNext, headStartMs);

    function tryNext(): void {
      clearTimeout(secondTimer);
      const way = rest.shift();
      if (way === undefined) return;
      attempt(way, (why) => {
        if (why.kind === 'lost') obstacle = why.obstacle ?? obstacle;
        const isFirst = rest.length === 2;
        if (isFirst || (rest.length === 1 && connections.size === 0)) tryNext();
        else if (connections.size === 0)
          events.lost(obstacle === undefined ? { kind: 'lost' } : { kind: 'lost', obstacle });
      });
    }
  }

  function attempt(way: Way, onFailed: (why: Lost) => void): void {
    const mine: Attempt = { way, betterWays: createBetterWays(way, attempt, backAfterMs), sinceMs: 0 };
    const whileCurrent =
      <T extends unknown[]>(event: (...values: T) => void) =>
      (...values: T) => {
        if (current === mine) event(...values);
      };
    const connection = openConnection(way, connectionOptions, patience, {
      welcome: (...facts) => welcomed(mine, () => events.welcome(...facts)),
      due: whileCurrent(events.due),
      heard: (bytes) => (current ?? mine) === mine && connections.has(mine) && events.heard(bytes),
      changes: whileCurrent(events.changes),
      heads: whileCurrent(events.heads),
      ephemeral: whileCurrent(events.ephemeral),
      hung: () => (patience = Math.min(MAX_PATIENCE, patience * 2)),
      lost: (why) => lost(mine, why, onFailed),
    });
    connections.set(mine, connection);
  }

  function welcomed(mine: Attempt, report: () => void): void {
    // A better way works, but the current connection is busy, so the better one is tried again later.
    if (current !== undefined && connections.get(current)?.isBusy() === true) {
      connections.get(mine)?.close();
      connections.delete(mine);
      return current.betterWays.tryLater();
    }
    close(mine);
    current = mine;
    mine.sinceMs = Date.now();
    patience = 1;
    ways.welcomed(mine.way);
    mine.betterWays.tryLater();
    report();
  }

  function lost(mine: Attempt, why: Lost, onFailed: (why: Lost) => void): void {
    connections.delete(mine);
    if (current === mine) ways.lost(mine.way, Date.now() - mine.sinceMs);
    else if (why.kind === 'lost' || current !== undefined) return onFailed(why);
    // The current connection is lost, or the server has refused this one, as it would refuse every other.
    close();
    events.lost(why);
  }

  function live(): OpenWay | undefined {
    return current && connections.get(current);
  }

  return {
    connect,
    close: () => close(),
    ask: (verb, request) => live()?.ask(verb, request) ?? Promise.resolve(undefined),
    emit: (event, payload) => live()?.emit(event, payload),
  };
}
