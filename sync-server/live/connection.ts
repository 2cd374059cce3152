import { MAX_DIGEST_CELLS, limits } from '#protocol/limits.ts';
import { Visible } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { type Verb, verbNames } from '#protocol/verbs.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Log } from '#server/logging.ts';
import type { AnswerVerb } from '#server/streams/answer-verb.ts';
import type { Live } from './open-live.ts';
import { type LiveSocket, type OpenSockets, roomOf } from './open-sockets.ts';
import { paceSocket } from './paced-reading.ts';
import type { PendingConnections } from './pending-connections.ts';

interface ConnectionParts {
  epoch: string;
  sockets: OpenSockets;
  pending: PendingConnections;
  answerVerb: AnswerVerb;
  live: Live;
  /** Whether floods are limited. */
  isLimited: boolean;
  now: () => number;
  log: Log;
}

/** Welcomes a socket after its handshake, registers it, and answers its verbs. [LV2] [VB1] */
export function createConnection({ epoch, sockets, pending, answerVerb, live, isLimited, now, log }: ConnectionParts) {
  return (socket: LiveSocket): void => {
    const { userId } = socket.data;
    pending.remove(socket.conn);
    if (isLimited) paceSocket(socket);
    // Emitted first, and in the same turn as the registration: so no change precedes it and none is missed after it.
    socket.emit('welcome', {
      protocol: PROTOCOL_VERSION,
      epoch,
      userId,
      serverTime: new Date(now()).toISOString(),
      limits: { ...limits },
      digest: MAX_DIGEST_CELLS,
    });
    sockets.add(socket);
    void socket.join(roomOf(userId));
    live.connected(socket);

    for (const verb of verbNames) socket.on(verb, (request, ack) => respond(socket, verb, request, ack));
    socket.on('typing', (notice) => live.typing(socket, notice));
    socket.on('watch', (request) => live.watch(socket, request));
    socket.on('visible', (notice) => {
      const parsed = parse(Visible, notice);
      if (parsed.ok) socket.data.isVisible = parsed.value.on;
    });
    socket.on('disconnect', () => {
      sockets.remove(socket);
      live.disconnected(socket);
    });
    // A malformed packet ends its connection, not the process. [SEC-42]
    socket.on('error', () => log.warn({}, 'a socket sent a malformed packet'));
  };

  function respond(socket: LiveSocket, verb: Verb, request: unknown, ack: unknown): void {
    const { userId, device } = socket.data;
    // Called in the turn in which the packet arrived, so that pushes of one socket enter their queues in order. [AP11]
    void answerVerb(verb, { userId, device }, request).then((answer) => {
      if (typeof ack === 'function') (ack as (answer: unknown) => void)(answer);
    });
  }
}
