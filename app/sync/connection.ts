import type { UserId } from '#protocol/ids.ts';
import type { Changes, Heads, Welcome } from '#protocol/live.ts';
import { backoffMs, spreadMs } from './backoff.ts';
import { outcomeOf, type RestCode } from './outcome.ts';
import type { ConnectionStatus } from './status.ts';
import type { Ephemeral } from './ephemeral.ts';
import type { Ask, Lost, Transport, TransportEvents } from './transport.ts';

/** A connection that only looks alive is found out within this time, so that a thawed tab has everything within 3 s. */
const PROBE_WITHIN_MS = 1_500;
/** A try that began longer ago may hang in a network that is gone. */
const STALE_TRY_MS = 3_000;

interface ConnectionParts {
  userId: UserId;
  transport: (events: TransportEvents) => Transport;
  isOnline: () => boolean;
  random: () => number;
  show: (status: ConnectionStatus) => void;
  /** Welcomed: everything may have moved, and what was under way may have arrived. */
  onUp: () => void;
  onChanges: (changes: Changes) => void;
  onHeads: (heads: Heads) => void;
  onEphemeral: (event: Ephemeral) => void;
}

export interface Connection {
  /** Counts the welcomes, so that who asked can tell a connection that ended from one that is silent; 0 while there is none. */
  number(): number;
  ask: Ask;
  tell: Transport['tell'];
  /** Now is a good moment: the network is back, the page visible or thawed (`signal`); or the person asks (`press`). [CL7] */
  wake(why: 'signal' | 'press'): void;
  /** The device says that its network is gone. */
  offline(): void;
  /** An answer did not come: is anybody there? */
  probe(): void;
  /** A verb was refused until the person does something. */
  rest(code: RestCode): void;
  /** It has been of use, something came or went by it for good: the next loss begins a new back-off. */
  proven(): void;
  close(): void;
}

type State =
  | { kind: 'waiting'; timer?: ReturnType<typeof setTimeout> }
  | { kind: 'trying'; sinceMs: number }
  | { kind: 'up'; isProbed: boolean }
  | { kind: 'resting' }
  | { kind: 'closed' };

/** Keeps one connection to the server for as long as that makes sense, and says how it stands. [CL7] */
export function keepConnection(parts: ConnectionParts): Connection {
  const { userId, isOnline, random, show } = parts;
  let state: State = { kind: 'waiting' };
  let tries = 0;
  let welcomes = 0;
  const transport = parts.transport({
    welcome,
    changes: (changes) => state.kind === 'up' && parts.onChanges(changes),
    heads: (heads) => state.kind === 'up' && parts.onHeads(heads),
    ephemeral: (event) => state.kind === 'up' && parts.onEphemeral(event),
    lost,
  });

  function enter(next: State): void {
    if (state.kind === 'waiting') clearTimeout(state.timer);
    state = next;
  }

  function connect(): void {
    enter({ kind: 'trying', sinceMs: Date.now() });
    // Tried although the device says offline: it is wrong about that in some networks, and a failed try costs little.
    show(isOnline() ? { phase: 'connecting' } : { phase: 'offline' });
    transport.connect();
  }

  function welcome(welcomed: Welcome): void {
    if (state.kind !== 'trying') return;
    // Somebody else has signed in in this browser since: nothing of this person may go out under that session.
    if (welcomed.userId !== userId) return rest('unauthorized');
    enter({ kind: 'up', isProbed: false });
    welcomes += 1;
    parts.onUp();
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
    // The smallest question there is: a pull of no stream.
    const answer = await transport.ask('pull', { cursors: {}, only: [] }, PROBE_WITHIN_MS);
    probed.isProbed = false;
    // Another state is another connection, or none: this answer says nothing of it.
    if (state === probed && answer === undefined) startOver();
  }

  connect();
  return {
    number: () => (state.kind === 'up' ? welcomes : 0),
    ask: (verb, request, withinMs) => transport.ask(verb, request, withinMs),
    tell: (...said) => transport.tell(...said),
    wake(why) {
      switch (state.kind) {
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
      if (state.kind === 'closed' || state.kind === 'resting') return;
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
