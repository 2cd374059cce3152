import type { UserId } from '#protocol/ids.ts';
import type { Changes, Heads, Welcome } from '#protocol/live.ts';
import { backoffMs, spreadMs } from './backoff.ts';
import { outcomeOf, type RestCode } from './outcome.ts';
import type { ConnectionStatus } from './status.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Ask, Lost, Transport, TransportEvents } from './transport.ts';

/** A dead connection that still looks alive is detected within this time, so that a thawed tab has everything within 3 s. */
const PROBE_WITHIN_MS = 1_500;
/** A try that started longer ago may hang in a network that is gone. */
const STALE_TRY_MS = 3_000;

interface ConnectionParts {
  userId: UserId;
  transport: (events: TransportEvents) => Transport;
  isOnline: () => boolean;
  random: () => number;
  show: (status: ConnectionStatus) => void;
}

export interface ConnectionListener {
  /** Called on the welcome: any stream may have changed, and requests of the last connection may have taken effect. */
  onUp(): void;
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
  ask: Ask;
  emit: Transport['emit'];
  /** Connects now: the network is back, the page visible or thawed (`signal`), or the person asked for it (`press`). [CL7] */
  wake(why: 'signal' | 'press'): void;
  /** The device reports that its network is gone. */
  offline(): void;
  /** Checks, after a missing answer, that the server is still there. */
  probe(): void;
  /** Disconnects and stays so: verbs are refused until the person acts. */
  rest(code: RestCode): void;
  /** The connection has transferred something durable, so the next loss starts a new backoff. */
  proven(): void;
  close(): void;
}

type State =
  | { kind: 'new' }
  | { kind: 'waiting'; timer?: ReturnType<typeof setTimeout> }
  | { kind: 'trying'; sinceMs: number }
  | { kind: 'up'; isProbed: boolean }
  | { kind: 'resting' }
  | { kind: 'closed' };

/** Keeps one connection to the server, reconnects after losses, and reports the status. [CL7] */
export function createConnection(parts: ConnectionParts): Connection {
  const { userId, isOnline, random, show } = parts;
  const listeners: ConnectionListener[] = [];
  let state: State = { kind: 'new' };
  let tries = 0;
  let welcomes = 0;
  const transport = parts.transport({
    welcome,
    changes: (changes) => whileUp((listener) => listener.onChanges(changes)),
    heads: (heads) => whileUp((listener) => listener.onHeads(heads)),
    ephemeral: (event) => whileUp((listener) => listener.onEphemeral(event)),
    lost,
  });

  function whileUp(notify: (listener: ConnectionListener) => void): void {
    if (state.kind === 'up') for (const listener of listeners) notify(listener);
  }

  function enter(next: State): void {
    if (state.kind === 'waiting') clearTimeout(state.timer);
    state = next;
  }

  function connect(): void {
    enter({ kind: 'trying', sinceMs: Date.now() });
    // Tried even if the device says that it is offline: some are wrong about that, and a failed try costs little.
    show(isOnline() ? { phase: 'connecting' } : { phase: 'offline' });
    transport.connect();
  }

  function welcome(welcomed: Welcome): void {
    if (state.kind !== 'trying') return;
    // Somebody else has signed in in this browser: nothing of this person may be sent under that session.
    if (welcomed.userId !== userId) return rest('unauthorized');
    enter({ kind: 'up', isProbed: false });
    welcomes += 1;
    whileUp((listener) => listener.onUp());
  }

  function lost(why: Lost): void {
    if (state.kind === 'closed' || state.kind === 'resting') return;
    const outcome = why.kind === 'refused' ? outcomeOf(why.error) : { kind: 'wait' as const };
    if (outcome.kind === 'refused') return rest(outcome.code);
    const ms = outcome.ms === undefined ? backoffMs(tries, random) : spreadMs(outcome.ms, random);
    tries += 1;
    enter({ kind: 'waiting', timer: setTimeout(connect, ms) });
    show(isOnline() ? { phase: 'connecting', nextTryAt: Date.now() + ms } : { phase: 'offline' });
  }

  function rest(code: RestCode): void {
    if (state.kind === 'closed') return;
    enter({ kind: 'resting' });
    transport.close();
    show({ phase: 'refused', code });
  }

  function startOver(): void {
    transport.close();
    tries = 0;
    connect();
  }

  async function probe(): Promise<void> {
    const probed = state;
    if (probed.kind !== 'up' || probed.isProbed) return;
    probed.isProbed = true;
    // The smallest possible request: a pull of no stream.
    const answer = await transport.ask('pull', { cursors: {}, only: [] }, PROBE_WITHIN_MS);
    probed.isProbed = false;
    // In another state the answer says nothing about the current connection.
    if (state === probed && answer === undefined) startOver();
  }

  return {
    listen: (listener) => void listeners.push(listener),
    start() {
      if (state.kind === 'new') connect();
    },
    number: () => (state.kind === 'up' ? welcomes : 0),
    ask: (verb, request, withinMs) => transport.ask(verb, request, withinMs),
    emit: (...event) => transport.emit(...event),
    wake(why) {
      switch (state.kind) {
        case 'new':
        case 'closed':
          return;
        case 'resting':
          return why === 'press' ? startOver() : undefined;
        case 'waiting':
          return startOver();
        case 'trying':
          return Date.now() - state.sinceMs > STALE_TRY_MS ? startOver() : undefined;
        case 'up':
          return void probe();
      }
    },
    offline() {
      if (state.kind === 'new' || state.kind === 'closed' || state.kind === 'resting') return;
      transport.close();
      lost({ kind: 'lost' });
    },
    probe: () => void probe(),
    rest,
    proven() {
      tries = 0;
    },
    close() {
      enter({ kind: 'closed' });
      transport.close();
    },
  };
}
