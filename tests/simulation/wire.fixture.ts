import type { Lost, Transport, TransportEvents } from '#app/sync/transport.ts';
import { syncError, type Failure } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Link, Server } from './server.fixture.ts';
import type { Weather } from './weather.fixture.ts';

const ANSWER_WITHIN_MS = 20_000;
/** When the far end's silence is noticed by the socket itself, as by Socket.IO's pings. */
const DARK_FOR_MS = 45_000;

interface Line {
  link: Link;
  isOpen: boolean;
  isUp: boolean;
  /** Looks alive; nothing passes any more. */
  isDark: boolean;
  /** Requests arrive in the order they were sent. */
  arriveAtMs: number;
  waiting: Set<() => void>;
  over(why: Lost): void;
}

export interface Wire {
  transport: (events: TransportEvents) => Transport;
  /** Cut, or silent from now on, as the network pleases. */
  cut(): void;
  darken(): void;
  isReachable: boolean;
}

/** What a server says that has too much to do. */
const busy = (): Failure => ({ error: syncError('rate_limited', 'slow down', { retryAfterMs: 800 }) });
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A device's way to the server: slow, cut between any two packets, and with live changes lost, doubled and out of order. */
export function createWire(weather: Weather, server: Server, userId: UserId, name: string): Wire {
  let present: Line | undefined;
  const latency = () => 1 + weather.below(weather.isStorm && weather.chance(0.1) ? 1_500 : 60);
  const isBad = (of: number) => weather.isStorm && weather.chance(of);

  const wire: Wire = {
    isReachable: true,
    cut() {
      if (present === undefined) return;
      weather.did.cuts++;
      weather.say(`${name} is cut off`);
      present.over({ kind: 'lost' });
    },
    darken() {
      const line = present;
      if (line === undefined) return;
      weather.did.darks++;
      weather.say(`${name} hears nothing any more`);
      line.isDark = true;
      setTimeout(() => line.over({ kind: 'lost' }), DARK_FOR_MS);
    },
    transport: (events) => {
      function hangUp(): void {
        const line = present;
        if (line === undefined) return;
        present = undefined;
        line.isOpen = false;
        server.hangUp(line.link);
        for (const settle of line.waiting) settle();
      }

      function open(): Line {
        const deliver = (what: () => void) =>
          setTimeout(() => {
            if (line.isOpen && !line.isDark) what();
          }, latency());
        const line: Line = {
          isOpen: true,
          isUp: false,
          isDark: false,
          arriveAtMs: 0,
          waiting: new Set(),
          over(why) {
            if (present !== line) return;
            hangUp();
            events.lost(why);
          },
          link: {
            userId,
            cut: () => line.over({ kind: 'lost' }),
            welcome: (welcome) =>
              deliver(() => {
                line.isUp = true;
                events.welcome(welcome);
              }),
            heads: (heads) => deliver(() => events.heads(heads)),
            changes(changes) {
              const packet = copy(changes);
              if (isBad(0.1)) return void weather.did.lostChanges++;
              const arrive = () =>
                deliver(() => {
                  weather.did.applied++;
                  if (line.isUp) events.changes(packet);
                });
              arrive();
              if (!isBad(0.1)) return;
              weather.did.doubledChanges++;
              arrive();
            },
          },
        };
        return line;
      }

      return {
        connect() {
          const line = open();
          present = line;
          setTimeout(() => {
            if (!line.isOpen) return;
            if (!wire.isReachable || isBad(0.1)) line.over({ kind: 'lost' });
            else server.accept(line.link);
          }, latency());
        },
        ask: (verb, request, withinMs = ANSWER_WITHIN_MS) => {
          if (present?.isUp !== true) return Promise.resolve(undefined);
          const line = present;
          return new Promise((resolve) => {
            const settle = (answer?: never) => {
              clearTimeout(timer);
              line.waiting.delete(settle);
              resolve(answer);
            };
            const timer = setTimeout(settle, withinMs);
            line.waiting.add(settle);
            const packet = copy(request);
            if (line.isDark) return;
            line.arriveAtMs = Math.max(line.arriveAtMs, Date.now() + latency());
            setTimeout(() => {
              // What was sent before a cut may arrive all the same, and late.
              if (!line.isOpen && weather.chance(0.5)) return;
              void serve();
            }, line.arriveAtMs - Date.now());

            async function serve(): Promise<void> {
              const process = server.process();
              if (process === undefined) return;
              const answer = isBad(0.06) ? busy() : await process.streams[verb]({ userId }, packet);
              if (process.isDead) return;
              if (!line.isOpen || isBad(0.04)) {
                weather.did.lostAnswers++;
                weather.say(`${name} never hears the answer to its ${verb}`);
                return line.over({ kind: 'lost' });
              }
              const given = copy(answer);
              setTimeout(() => line.isDark || settle(given as never), latency());
            }
          });
        },
        // Typing and presence are of the moment and not simulated.
        tell: () => undefined,
        close: hangUp,
      };
    },
  };
  return wire;
}
