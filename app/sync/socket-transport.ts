import { io } from 'socket.io-client';
import type { DeviceId } from '#protocol/ids.ts';
import type { Welcome } from '#protocol/live.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '#protocol/version.ts';
import { openSocket, type OpenSocket } from './open-socket.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';
import { BACK_AFTER_MS, HEAD_START_MS, createWays, otherWay, type Way } from './ways.ts';

/** A try that hung is followed by a more patient one. */
const MAX_PATIENCE = 4;

interface SocketOptions {
  device: DeviceId;
  /** Default: the origin of the page. */
  url?: string;
  headers?: Record<string, string>;
  /** For tests. */
  headStartMs?: number;
  backAfterMs?: number;
}

interface Attempt {
  way: Way;
  socket: OpenSocket;
}

interface Current extends Attempt {
  sinceMs: number;
  /** Set while it polls: then the WebSocket is tried again. */
  backTimer?: ReturnType<typeof setTimeout>;
}

/**
 * The verbs and live events over Socket.IO. Its own reconnecting is off, because the engine decides when to retry. [LV1] A try
 * begins with one way and goes on with both if the first one fails or hangs; the first to be welcomed is used. [CL9]
 */
export function socketTransport(options: SocketOptions, events: TransportEvents): Transport {
  const { device, url, headers, headStartMs = HEAD_START_MS, backAfterMs = BACK_AFTER_MS } = options;
  const ways = createWays();
  const attempts = new Set<Attempt>();
  let current: Current | undefined;
  let secondTimer: ReturnType<typeof setTimeout> | undefined;
  let patience = 1;

  function close(): void {
    clearTimeout(secondTimer);
    clearTimeout(current?.backTimer);
    const ended = [...attempts, ...(current === undefined ? [] : [current])];
    attempts.clear();
    current = undefined;
    for (const { socket } of ended) socket.close();
  }

  function connect(): void {
    if (current !== undefined || attempts.size > 0) return;
    const first = ways.first();
    // Only once for each try, whether the first way fails or hangs.
    let second = (): void => {
      second = () => undefined;
      clearTimeout(secondTimer);
      attempt(otherWay(first), lostAll);
    };
    const lostAll = (): void => {
      if (attempts.size === 0) events.lost({ kind: 'lost' });
    };
    secondTimer = setTimeout(() => second(), headStartMs);
    attempt(first, () => {
      second();
      lostAll();
    });
  }

  function attempt(way: Way, onFailed: () => void): void {
    const fail = (why: Lost) => {
      if (current === mine) {
        ways.lost(way, Date.now() - mine.sinceMs);
        close();
        return events.lost(why);
      }
      attempts.delete(mine);
      if (why.kind === 'lost' || current !== undefined) return onFailed();
      // The server has answered, and would refuse the other way too.
      close();
      events.lost(why);
    };
    const whileCurrent =
      <T>(event: (value: T) => void) =>
      (value: T) => {
        if (current === mine) event(value);
      };
    const socket = openSocket(url === undefined ? io(socketOptions(way)) : io(url, socketOptions(way)), patience, {
      welcome: (welcome) => welcomed(mine, welcome),
      heard: whileCurrent(events.heard),
      changes: whileCurrent(events.changes),
      heads: whileCurrent(events.heads),
      ephemeral: whileCurrent(events.ephemeral),
      hung: () => (patience = Math.min(MAX_PATIENCE, patience * 2)),
      lost: fail,
    });
    const mine: Current = { way, socket, sinceMs: 0 };
    attempts.add(mine);
  }

  function welcomed(mine: Current, welcome: Welcome): void {
    attempts.delete(mine);
    // The way back is found, but the connection is needed at the moment: it is tried again later.
    if (current?.socket.isBusy() === true) {
      mine.socket.close();
      return tryBackLater(current);
    }
    close();
    current = mine;
    mine.sinceMs = Date.now();
    patience = 1;
    ways.welcomed(mine.way);
    if (mine.way === 'polling') tryBackLater(mine);
    events.welcome(welcome);
  }

  function tryBackLater(polling: Current): void {
    clearTimeout(polling.backTimer);
    polling.backTimer = setTimeout(() => attempt('websocket', () => tryBackLater(polling)), backAfterMs);
  }

  const socketOptions = (way: Way) => ({
    path: SOCKET_PATH,
    auth: { protocol: PROTOCOL_VERSION, device },
    transports: [way],
    forceNew: true,
    autoConnect: false,
    reconnection: false,
    ...(headers === undefined ? {} : { extraHeaders: headers }),
  });

  return {
    connect,
    close,
    ask: (verb, request) => current?.socket.ask(verb, request) ?? Promise.resolve(undefined),
    emit: (event, payload) => current?.socket.emit(event, payload),
  };
}
