import { io, type Socket } from 'socket.io-client';
import type { DeviceId } from '#protocol/ids.ts';
import { Changes, Heads, Presence, Refusal, TypingNotice, Welcome } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { verbs, type AnswerOf, type RequestOf, type Verb } from '#protocol/verbs.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '#protocol/version.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';

const ANSWER_WITHIN_MS = 20_000;
/** From the first packet to the welcome. */
const WELCOME_WITHIN_MS = 15_000;

/** One connection; a new one has a new socket, so that nothing of an old one is ever taken for the new one's. */
interface Line {
  socket: Socket;
  isWelcome: boolean;
  timer: ReturnType<typeof setTimeout>;
  /** Settles what is asked and not answered. */
  waiting: Set<() => void>;
}

interface SocketOptions {
  device: DeviceId;
  /** The page's own origin unless said. */
  url?: string;
  headers?: Record<string, string>;
}

/** The verbs and live events over Socket.IO. Its own reconnecting is off: when to try again is the engine's to decide. [LV1] */
export function socketTransport({ device, url, headers }: SocketOptions, events: TransportEvents): Transport {
  let line: Line | undefined;
  const options = {
    path: SOCKET_PATH,
    auth: { protocol: PROTOCOL_VERSION, device },
    transports: ['websocket', 'polling'],
    forceNew: true,
    autoConnect: false,
    reconnection: false,
    ...(headers === undefined ? {} : { extraHeaders: headers }),
  };

  function hangUp(): void {
    const ended = line;
    if (ended === undefined) return;
    line = undefined;
    clearTimeout(ended.timer);
    ended.socket.disconnect();
    for (const settle of ended.waiting) settle();
  }

  function connect(): void {
    if (line !== undefined) return;
    const socket = url === undefined ? io(options) : io(url, options);
    const timer = setTimeout(() => over({ kind: 'lost' }), WELCOME_WITHIN_MS);
    const mine: Line = { socket, isWelcome: false, timer, waiting: new Set() };
    line = mine;
    const over = (why: Lost) => {
      if (line !== mine) return;
      hangUp();
      events.lost(why);
    };
    socket.on('connect_error', (error: Error & { data?: unknown }) => over(lostBy(error.data)));
    socket.on('disconnect', () => over({ kind: 'lost' }));
    socket.on('session_ended', () => over({ kind: 'refused', error: { code: 'unauthorized' } }));
    // What does not parse is from a server of another version: passed over, and made good by the next pull. [SH5]
    socket.on('welcome', (input: unknown) => {
      const welcome = parse(Welcome, input);
      if (line !== mine || mine.isWelcome || !welcome.ok) return;
      mine.isWelcome = true;
      clearTimeout(timer);
      events.welcome(welcome.value);
    });
    socket.on('changes', (input: unknown) => {
      const changes = parse(Changes, input);
      if (line === mine && changes.ok) events.changes(changes.value);
    });
    socket.on('heads', (input: unknown) => {
      const heads = parse(Heads, input);
      if (line === mine && heads.ok) events.heads(heads.value);
    });
    socket.on('typing', (input: unknown) => {
      const notice = parse(TypingNotice, input);
      if (line === mine && notice.ok) events.ephemeral({ kind: 'typing', notice: notice.value });
    });
    socket.on('presence', (input: unknown) => {
      const notice = parse(Presence, input);
      if (line === mine && notice.ok) events.ephemeral({ kind: 'presence', notice: notice.value });
    });
    socket.connect();
  }

  function ask<K extends Verb>(
    verb: K,
    request: RequestOf<K>,
    withinMs = ANSWER_WITHIN_MS,
  ): Promise<AnswerOf<K> | undefined> {
    const mine = line;
    if (mine?.isWelcome !== true) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (answer?: AnswerOf<K>) => {
        clearTimeout(timer);
        mine.waiting.delete(settle);
        resolve(answer);
      };
      // The promise is settled once: an answer after the end of the connection, or after the time, changes nothing.
      const timer = setTimeout(settle, withinMs);
      mine.waiting.add(settle);
      mine.socket.emit(verb, request, (input: unknown) => {
        const answer = parse(verbs[verb].answer, input);
        settle(answer.ok ? (answer.value as AnswerOf<K>) : undefined);
      });
    });
  }

  const tell: Transport['tell'] = (event, said) => {
    if (line?.isWelcome === true) line.socket.emit(event, said);
  };

  return { connect, ask, tell, close: hangUp };
}

function lostBy(refused: unknown): Lost {
  const refusal = parse(Refusal, refused);
  if (!refusal.ok) return { kind: 'lost' };
  const { code, retryAfterMs } = refusal.value;
  return { kind: 'refused', error: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}
