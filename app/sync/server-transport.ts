import { io } from 'socket.io-client';
import type { DeviceId, UserId } from '#protocol/ids.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '#protocol/version.ts';
import type { Obstacle } from './obstacle.ts';
import { openPosts } from './open-posts.ts';
import { openSocket } from './open-socket.ts';
import type { OpenWay, WayEvents } from './open-way.ts';
import { reportedPolling } from './reported-polling.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';
import { HEAD_START_MS, createWays, usualBackAfterMs, waysBefore, type Way } from './ways.ts';

/** After a try that hung, the next one waits longer. */
const MAX_PATIENCE = 4;
export interface TransportOptions {
  userId: UserId;
  device: DeviceId;
  /** Default: the origin of the page. */
  url?: string;
  headers?: Record<string, string>;
  /** For tests. */
  headStartMs?: number;
  backAfterMs?: number;
  pullEveryMs?: number;
}

/** A connection over one way. The first one to be welcomed is the current one. */
interface Attempt {
  way: Way;
  /** When it became the current one. */
  sinceMs: number;
  /** How often better ways were tried while this one was in use. */
  backTries: number;
  /** Set while it is the current one, unless it has the best way: then better ones are tried. */
  backTimer?: ReturnType<typeof setTimeout>;
}

/**
 * The verbs and live events over the best way that works: Socket.IO over a WebSocket or long polling, or the verbs over HTTP.
 * Socket.IO's own reconnecting is off, because the engine decides when to retry. [LV1] A try begins with one way, goes on with a
 * second one beside it if the first fails or hangs, and with the last one if both have failed; the first to be welcomed is used.
 * [CL9]
 */
export function serverTransport(options: TransportOptions, events: TransportEvents): Transport {
  const { userId, device, url, headers, headStartMs = HEAD_START_MS, backAfterMs, pullEveryMs } = options;
  const ways = createWays();
  const connections = new Map<Attempt, OpenWay>();
  let current: Attempt | undefined;
  let secondTimer: ReturnType<typeof setTimeout> | undefined;
  let patience = 1;

  function close(except?: Attempt): void {
    clearTimeout(secondTimer);
    clearTimeout(current?.backTimer);
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
      if (way !== undefined) attempt(way, failed);
    }

    function failed(why: Lost): void {
      if (why.kind === 'lost') obstacle = why.obstacle ?? obstacle;
      const isFirst = rest.length === 2;
      if (isFirst || (rest.length === 1 && connections.size === 0)) tryNext();
      else if (connections.size === 0)
        events.lost(obstacle === undefined ? { kind: 'lost' } : { kind: 'lost', obstacle });
    }
  }

  function attempt(way: Way, onFailed: (why: Lost) => void): void {
    const mine: Attempt = { way, sinceMs: 0, backTries: 0 };
    const whileCurrent =
      <T extends unknown[]>(event: (...values: T) => void) =>
      (...values: T) => {
        if (current === mine) event(...values);
      };
    const connection = open(way, {
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

  function lost(mine: Attempt, why: Lost, onFailed: (why: Lost) => void): void {
    connections.delete(mine);
    if (current === mine) ways.lost(mine.way, Date.now() - mine.sinceMs);
    else if (why.kind === 'lost' || current !== undefined) return onFailed(why);
    // The current connection is lost, or the server has refused this one, as it would refuse every other.
    close();
    events.lost(why);
  }

  function open(way: Way, wayEvents: WayEvents): OpenWay {
    if (way === 'posts') return openPosts({ userId, url, headers, patience, pullEveryMs }, wayEvents);
    const socketOptions = {
      path: SOCKET_PATH,
      auth: { protocol: PROTOCOL_VERSION, device },
      // The bytes of a packet are counted once it is complete.
      transports: way === 'polling' ? [reportedPolling(() => wayEvents.heard(0))] : [way],
      // Without it, long polling sends no cookie, not even to the origin of the page.
      withCredentials: true,
      forceNew: true,
      autoConnect: false,
      reconnection: false,
      ...(headers === undefined ? {} : { extraHeaders: headers }),
    };
    return openSocket(url === undefined ? io(socketOptions) : io(url, socketOptions), patience, wayEvents);
  }

  function welcomed(mine: Attempt, report: () => void): void {
    // A better way works, but the current connection is busy, so the better one is tried again later.
    if (current !== undefined && connections.get(current)?.isBusy() === true) {
      connections.get(mine)?.close();
      connections.delete(mine);
      return tryBackLater(current);
    }
    close(mine);
    current = mine;
    mine.sinceMs = Date.now();
    patience = 1;
    ways.welcomed(mine.way);
    tryBackLater(mine);
    report();
  }

  function tryBackLater(mine: Attempt): void {
    const better = waysBefore(mine.way);
    if (better.length === 0) return;
    const tryNext = (): void => {
      const way = better.shift();
      if (way === undefined) tryBackLater(mine);
      else attempt(way, tryNext);
    };
    clearTimeout(mine.backTimer);
    mine.backTimer = setTimeout(tryNext, backAfterMs ?? usualBackAfterMs(mine.way, mine.backTries));
    mine.backTries += 1;
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
