import type { Lost, Transport, TransportEvents } from '#app/sync/transport.ts';
import { syncError, type Failure } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import { MAX_DIGEST_CELLS, MIN_ANSWER_BYTES } from '#protocol/limits.ts';
import type { Server, ServerSocket } from './server.fixture.ts';
import type { Run } from './run.fixture.ts';

/** How long the socket takes to notice that the other end is silent, as Socket.IO does by its pings. */
const SILENCE_NOTICED_AFTER_MS = 45_000;
const POLL_EVERY_MS = 20_000;

interface Connection {
  socket: ServerSocket;
  isOpen: boolean;
  isWelcomed: boolean;
  /** Looks alive, but nothing passes any more. */
  isSilent: boolean;
  /** Requests arrive in the order in which they were sent. */
  arriveAtMs: number;
  waiting: Set<() => void>;
  polls?: ReturnType<typeof setInterval>;
  drop(why: Lost): void;
}

export interface Network {
  transport: (events: TransportEvents) => Transport;
  /** Drops the connection, at once or by letting it go silent. */
  disconnect(): void;
  goSilent(): void;
  isReachable: boolean;
}

/** The answer of an overloaded server. */
const overloaded = (): Failure => ({ error: syncError('rate_limited', 'slow down', { retryAfterMs: 800 }) });
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/**
 * A device's network: slow, with connections that drop between any two packets, and with live changes that are lost,
 * duplicated and reordered.
 */
export function createNetwork(run: Run, server: Server, userId: UserId, name: string): Network {
  let current: Connection | undefined;
  const latency = () => 1 + run.below(run.injectsFaults && run.chance(0.1) ? 1_500 : 60);
  const fails = (probability: number) => run.injectsFaults && run.chance(probability);

  const network: Network = {
    isReachable: true,
    disconnect() {
      if (current === undefined) return;
      run.counts.disconnects++;
      run.log(`${name} is disconnected`);
      current.drop({ kind: 'lost' });
    },
    goSilent() {
      const connection = current;
      if (connection === undefined) return;
      run.counts.silences++;
      run.log(`${name}'s connection goes silent`);
      connection.isSilent = true;
      setTimeout(() => connection.drop({ kind: 'lost' }), SILENCE_NOTICED_AFTER_MS);
    },
    transport: (events) => {
      function hangUp(): void {
        const connection = current;
        if (connection === undefined) return;
        current = undefined;
        connection.isOpen = false;
        clearInterval(connection.polls);
        server.hangUp(connection.socket);
        for (const settle of connection.waiting) settle();
      }

      function open(): Connection {
        const deliver = (packet: () => void) =>
          setTimeout(() => {
            if (connection.isOpen && !connection.isSilent) packet();
          }, latency());
        const connection: Connection = {
          isOpen: true,
          isWelcomed: false,
          isSilent: false,
          arriveAtMs: 0,
          waiting: new Set(),
          drop(why) {
            if (current !== connection) return;
            hangUp();
            events.lost(why);
          },
          socket: {
            userId,
            disconnect: () => connection.drop({ kind: 'lost' }),
            welcome: (welcome) =>
              deliver(() => {
                connection.isWelcomed = true;
                events.welcome(welcome, true);
              }),
            heads: (heads) => deliver(() => events.heads(heads)),
            changes(changes) {
              const packet = copy(changes);
              if (fails(0.1)) return void run.counts.lostChanges++;
              const arrive = () =>
                deliver(() => {
                  run.counts.deliveredChanges++;
                  if (connection.isWelcomed) events.changes(packet);
                });
              arrive();
              if (!fails(0.1)) return;
              run.counts.duplicatedChanges++;
              arrive();
            },
          },
        };
        return connection;
      }

      return {
        connect() {
          const connection = open();
          current = connection;
          setTimeout(() => {
            if (!connection.isOpen) return;
            if (!network.isReachable || fails(0.1)) return connection.drop({ kind: 'lost' });
            if (run.chance(0.7)) return server.accept(connection.socket);
            // The verbs over HTTP: nothing arrives unasked, and the device pulls from time to time. [CL9]
            run.counts.posts++;
            connection.isWelcomed = true;
            events.welcome({ userId, digest: MAX_DIGEST_CELLS }, false);
            connection.polls = setInterval(() => events.due(), POLL_EVERY_MS);
          }, latency());
        },
        ask: (verb, request) => {
          if (current?.isWelcomed !== true) return Promise.resolve(undefined);
          const connection = current;
          return new Promise((resolve) => {
            const settle = (answer?: never) => {
              connection.waiting.delete(settle);
              resolve(answer);
            };
            connection.waiting.add(settle);
            // Small pages, so that most answers come in several.
            const packet =
              verb === 'pull' && run.chance(0.4) ? { ...copy(request), maxBytes: MIN_ANSWER_BYTES } : copy(request);
            if (connection.isSilent) return;
            connection.arriveAtMs = Math.max(connection.arriveAtMs, Date.now() + latency());
            setTimeout(() => {
              // A packet that was sent before a disconnect may still arrive, late.
              if (!connection.isOpen && run.chance(0.5)) return;
              void serve();
            }, connection.arriveAtMs - Date.now());

            async function serve(): Promise<void> {
              const process = server.process();
              // A socket was closed by the crash; what was sent over HTTP fails.
              if (process === undefined) return connection.drop({ kind: 'lost' });
              const answer = fails(0.06) ? overloaded() : await process.streams[verb]({ userId, device: name }, packet);
              if (process.isDead) return connection.drop({ kind: 'lost' });
              if (!connection.isOpen || fails(0.04)) {
                run.counts.lostAnswers++;
                run.log(`${name} never gets the answer to its ${verb}`);
                return connection.drop({ kind: 'lost' });
              }
              const received = copy(answer);
              setTimeout(() => connection.isSilent || settle(received as never), latency());
            }
          });
        },
        // Typing and presence are ephemeral and not simulated.
        emit: () => undefined,
        close: hangUp,
      };
    },
  };
  return network;
}
