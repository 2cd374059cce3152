import type { UserId } from '#protocol/ids.ts';
import type { Changes, Heads } from '#protocol/live.ts';
import { ANSWER_BYTES } from '#protocol/limits.ts';
import { MAX_UNSENT_MS, backoffMs, spreadMs } from './backoff.ts';
import { createLink } from './link.ts';
import { createLiveness } from './liveness.ts';
import type { Obstacle } from './obstacle.ts';
import { outcomeOf, type RefusalCode } from './outcome.ts';
import type { ConnectionStatus } from './status.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Ask, Exchanged, Lost, Transport, TransportEvents, Welcomed } from './transport.ts';

/** One piece keeps the uplink busy for about this long. */
const PIECE_MS = 2_000;
/**
 * A page keeps the downlink busy for about this long. While one page is written, the next one is in flight, and an answer to a
 * push waits behind both.
 */
const PAGE_MS = 1_500;
const PAGE_BYTES = { least: 8 * 1024, most: 256 * 1024 };
/**
 * After a lost connection, pages shrink to a quarter of their size, or of this size if they were larger: some links stall after a
 * certain number of bytes.
 */
const MOST_BEFORE_LOSS = 128 * 1024;
/**
 * A try on which nothing has arrived for this long may hang in a network that is gone. The time doubles with each try that is
 * started over.
 */
const STALE_TRY_MS = 3_000;
const MAX_STALE_TRY_MS = 30_000;

interface ConnectionParts {
  userId: UserId;
  transport: (events: TransportEvents) => Transport;
  isOnline: () => boolean;
  isVisible: () => boolean;
  random: () => number;
  show: (status: ConnectionStatus) => void;
  /** Called with the server's time if a welcome contains it, before anything else of the connection. */
  onServerTime: (time: string) => void;
}

export interface ConnectionListener {
  /** Called on the welcome: any stream may have changed, and requests of the last connection may have taken effect. */
  onUp(): void;
  /** Called when the server can't announce changes and it is time to pull. */
  onDue(): void;
  onChanges(changes: Changes): void;
  onHeads(heads: Heads): void;
  onEphemeral(event: Ephemeral): void;
}

export interface Connection {
  /** To be called before `start`, or events are lost. */
  listen(listener: ConnectionListener): void;
  /** Connects for the first time. Until then every request goes unanswered. */
  start(): void;
  /** Counts the welcomes, so that callers can tell a connection that ended from one that is silent; 0 without a connection. */
  number(): number;
  /** Resolves to undefined if the connection ended, or if the server keeps this request although it answers everything else. */
  ask: Ask;
  emit: Transport['emit'];
  /** How many bytes may be sent in one piece, so that nothing waits long behind it. [CL10] */
  pieceBytes(): number;
  /** How large a page of an answer may be, by the measured rate of the link; undefined while that is unknown. [VB10] */
  pageBytes(): number | undefined;
  /** Whether ops wait to be sent: while they do and the page is visible, the backoff is short. */
  unsent(hasUnsent: boolean): void;
  /** Connects now: the network is back, the page visible or thawed (`signal`), or the person asked for it (`press`). [CL7] */
  wake(why: 'signal' | 'press'): void;
  /** The device reports that its network is gone. */
  offline(): void;
  /** How many cells of a digest the server takes; undefined if it knows no digests. [DG5] */
  digestCells(): number | undefined;
  /** Disconnects and stays disconnected, because verbs are refused until the person acts. */
  refused(code: RefusalCode): void;
  /** The connection has transferred something durable, so the next loss starts a new backoff. */
  proven(): void;
  close(): void;
}

type State =
  | { kind: 'new' }
  | { kind: 'waiting'; untilMs: number; isForServer: boolean; timer: ReturnType<typeof setTimeout> }
  /** `sinceMs`: when it began, or something arrived. */
  | { kind: 'trying'; sinceMs: number }
  | { kind: 'up' }
  | { kind: 'refused' }
  | { kind: 'closed' };

/** Keeps one connection to the server, reconnects after losses, and reports the status. [CL7] */
export function createConnection(parts: ConnectionParts): Connection {
  const { userId, isOnline, isVisible, random, show } = parts;
  const listeners: ConnectionListener[] = [];
  let state: State = { kind: 'new' };
  let tries = 0;
  let welcomes = 0;
  let digestCells: number | undefined;
  let stale = 0;
  let hasUnsent = false;
  /** Shrinks with each connection that is lost, and grows with each page that arrives. */
  let mostPageBytes = PAGE_BYTES.most;
  /** What obstructed the last try; shown until a try ends differently. */
  let obstacle: Obstacle | undefined;
  const link = createLink();
  const liveness = createLiveness({ link, isVisible, onDead: startOver });
  const transport = parts.transport({
    heard,
    welcome,
    due: () => whileUp((listener) => listener.onDue()),
    changes: (changes) => notifyListeners((listener) => listener.onChanges(changes)),
    heads: (heads) => notifyListeners((listener) => listener.onHeads(heads)),
    ephemeral: (event) => notifyListeners((listener) => listener.onEphemeral(event)),
    lost,
  });

  function heard(bytes: number): void {
    if (state.kind === 'trying') state.sinceMs = Date.now();
    liveness.heard(bytes);
  }

  /** Events of the server; each of them except `due` proves that it is there. */
  function notifyListeners(notify: (listener: ConnectionListener) => void): void {
    liveness.heard(0);
    whileUp(notify);
  }

  function whileUp(notify: (listener: ConnectionListener) => void): void {
    if (state.kind === 'up') for (const listener of listeners) notify(listener);
  }

  function enter(next: State): void {
    if (state.kind === 'waiting') clearTimeout(state.timer);
    if (state.kind === 'up') {
      liveness.stop();
      if (next.kind !== 'up') mostPageBytes = Math.max(PAGE_BYTES.least, Math.min(mostPageBytes, MOST_BEFORE_LOSS) / 4);
    }
    state = next;
  }

  function connect(): void {
    enter({ kind: 'trying', sinceMs: Date.now() });
    // Tried even if the device says that it is offline: some are wrong about that, and a failed try costs little.
    showUnconnected();
    transport.connect();
  }

  function showUnconnected(nextTryAt?: number): void {
    show(
      isOnline()
        ? {
            phase: 'connecting',
            ...(nextTryAt === undefined ? {} : { nextTryAt }),
            ...(obstacle === undefined ? {} : { obstacle }),
          }
        : { phase: 'offline' },
    );
  }

  function welcome({ userId: welcomed, digest, serverTime }: Welcomed, isLive: boolean, exchange?: Exchanged): void {
    // While `up`, the transport has changed to a better way.
    if (state.kind !== 'trying' && state.kind !== 'up') return;
    // Somebody else has signed in in this browser: nothing of this person may be sent under that session.
    if (welcomed !== userId) return refused('unauthorized');
    if (serverTime !== undefined) parts.onServerTime(serverTime);
    enter({ kind: 'up' });
    welcomes += 1;
    digestCells = digest;
    stale = 0;
    obstacle = undefined;
    // Before the first page, because its size and the time limit for it depend on how long a round trip alone takes.
    if (exchange !== undefined) link.answered({ ms: exchange.ms, upBytes: 0, downBytes: 0 });
    liveness.start(transport.ask, { isLive, isOverHttp: exchange?.isOverHttp ?? false });
    whileUp((listener) => listener.onUp());
  }

  function lost(why: Lost): void {
    if (state.kind === 'closed' || state.kind === 'refused') return;
    obstacle = why.kind === 'lost' ? why.obstacle : undefined;
    const outcome = why.kind === 'refused' ? outcomeOf(why.error) : { kind: 'wait' as const };
    if (outcome.kind === 'refused') return refused(outcome.code);
    const isForServer = outcome.ms !== undefined;
    const ms = outcome.ms === undefined ? backoffMs(tries, random, maxBackoffMs()) : spreadMs(outcome.ms, random);
    tries += 1;
    wait(ms, isForServer);
  }

  function wait(ms: number, isForServer: boolean): void {
    const untilMs = Date.now() + ms;
    enter({ kind: 'waiting', untilMs, isForServer, timer: setTimeout(connect, ms) });
    showUnconnected(untilMs);
  }

  function maxBackoffMs(): number | undefined {
    return hasUnsent && isVisible() ? MAX_UNSENT_MS : undefined;
  }

  function refused(code: RefusalCode): void {
    if (state.kind === 'closed') return;
    enter({ kind: 'refused' });
    transport.close();
    show({ phase: 'refused', code });
  }

  function startOver(): void {
    transport.close();
    tries = 0;
    connect();
  }

  return {
    listen: (listener) => void listeners.push(listener),
    start() {
      if (state.kind === 'new') connect();
    },
    number: () => (state.kind === 'up' ? welcomes : 0),
    ask: liveness.ask,
    emit: (...event) => transport.emit(...event),
    pieceBytes: () => link.bytesUpWithin(PIECE_MS),
    pageBytes() {
      const bytes = link.bytesDownWithin(PAGE_MS);
      if (bytes === undefined) return mostPageBytes < ANSWER_BYTES ? mostPageBytes : undefined;
      return Math.round(Math.min(mostPageBytes, Math.max(PAGE_BYTES.least, bytes)));
    },
    digestCells: () => digestCells,
    unsent(next) {
      hasUnsent = next;
      const maxMs = maxBackoffMs();
      if (maxMs === undefined || state.kind !== 'waiting' || state.isForServer) return;
      if (state.untilMs - Date.now() > maxMs) wait(backoffMs(tries, random, maxMs), false);
    },
    wake(why) {
      switch (state.kind) {
        case 'new':
        case 'closed':
          return;
        case 'refused':
          return why === 'press' ? startOver() : undefined;
        case 'waiting':
          return startOver();
        case 'trying':
          if (Date.now() - state.sinceMs <= Math.min(MAX_STALE_TRY_MS, STALE_TRY_MS * 2 ** stale)) return;
          stale += 1;
          return startOver();
        case 'up':
          return liveness.doubt();
      }
    },
    offline() {
      if (state.kind === 'new' || state.kind === 'closed' || state.kind === 'refused') return;
      transport.close();
      lost({ kind: 'lost' });
    },
    refused,
    proven() {
      tries = 0;
      mostPageBytes = Math.min(PAGE_BYTES.most, mostPageBytes * 2);
    },
    close() {
      enter({ kind: 'closed' });
      transport.close();
    },
  };
}
