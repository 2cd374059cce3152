import { limits } from '#protocol/limits.ts';
import { type Verb, verbNames } from '#protocol/verbs.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Log } from '#server/logging.ts';
import type { AnswerVerb } from '#server/streams/answer-verb.ts';
import type { Streams } from '#server/streams/streams.ts';
import type { Live } from './open-live.ts';
import { type LiveSocket, type OpenSockets, roomOf } from './open-sockets.ts';
import type { WaitingRoom } from './pending-connections.ts';

interface ConnectionParts {
  streams: Streams;
  sockets: OpenSockets;
  waitingRoom: WaitingRoom;
  answerVerb: AnswerVerb;
  live: Live;
  now: () => number;
  log: Log;
}

/** A socket whose hand-shake was good: welcomed, entered, and its verbs answered. [LV2] [VB1] */
export function createConnection({ streams, sockets, waitingRoom, answerVerb, live, now, log }: ConnectionParts) {
  return (socket: LiveSocket): void => {
    const { userId } = socket.data;
    waitingRoom.leave(socket.conn);
    // Before anything else, and in the same turn as entering: no change comes before it, none is missed after it.
    socket.emit('welcome', {
      protocol: PROTOCOL_VERSION,
      epoch: streams.epoch,
      userId,
      serverTime: new Date(now()).toISOString(),
      limits: { ...limits },
    });
    sockets.add(socket);
    void socket.join(roomOf(userId));
    live.came(socket);

    for (const verb of verbNames) socket.on(verb, (request, ack) => respond(socket, verb, request, ack));
    socket.on('typing', (notice) => live.typing(socket, notice));
    socket.on('watch', (request) => live.watch(socket, request));
    socket.on('disconnect', () => {
      sockets.remove(socket);
      live.gone(socket);
    });
    // A packet that can't be read ends its connection, not the process. [SEC-42]
    socket.on('error', () => log.warn({}, 'a socket sent what cannot be read'));
  };

  function respond(socket: LiveSocket, verb: Verb, request: unknown, ack: unknown): void {
    const { userId } = socket.data;
    // Called in the same turn as it arrived: pushes of one socket enter their queues in this order. [AP11]
    void answerVerb(verb, { userId }, request).then((answer) => {
      if (typeof ack === 'function') (ack as (answer: unknown) => void)(answer);
    });
  }
}
