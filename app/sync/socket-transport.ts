import { io, type Socket } from 'socket.io-client';
import type { DeviceId } from '#protocol/ids.ts';
import { Changes, Heads, Presence, Refusal, TypingNotice, Welcome } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { verbs, type AnswerOf, type RequestOf, type Verb } from '#protocol/verbs.ts';
import { PROTOCOL_VERSION, SOCKET_PATH } from '#protocol/version.ts';
import type { Lost, Transport, TransportEvents } from './transport.ts';

/** From one sign of progress to the next, until the welcome: the connection is open, or a packet has arrived. */
const PROGRESS_WITHIN_MS = 15_000;
/** A try that hung is followed by a more patient one. */
const MAX_PATIENCE = 4;

/** One connection. Each has its own socket, so that events of an old one are never taken for those of a new one. */
interface Connection {
  socket: Socket;
  isWelcomed: boolean;
  /** Runs until the welcome. */
  timer?: ReturnType<typeof setTimeout>;
  /** Settles requests that are not answered yet. */
  waiting: Set<() => void>;
}

interface SocketOptions {
  device: DeviceId;
  /** Default: the origin of the page. */
  url?: string;
  headers?: Record<string, string>;
}

/** The verbs and live events over Socket.IO. Its own reconnecting is off, because the engine decides when to retry. [LV1] */
export function socketTransport({ device, url, headers }: SocketOptions, events: TransportEvents): Transport {
  let current: Connection | undefined;
  let patience = 1;
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
    const ended = current;
    if (ended === undefined) return;
    current = undefined;
    clearTimeout(ended.timer);
    ended.socket.disconnect();
    for (const settle of ended.waiting) settle();
  }

  function connect(): void {
    if (current !== undefined) return;
    const socket = url === undefined ? io(options) : io(url, options);
    const mine: Connection = { socket, isWelcomed: false, waiting: new Set() };
    current = mine;
    const awaitProgress = () => {
      clearTimeout(mine.timer);
      if (current !== mine || mine.isWelcomed) return;
      mine.timer = setTimeout(hung, PROGRESS_WITHIN_MS * patience);
    };
    const hung = () => {
      patience = Math.min(MAX_PATIENCE, patience * 2);
      end({ kind: 'lost' });
    };
    const end = (why: Lost) => {
      if (current !== mine) return;
      hangUp();
      events.lost(why);
    };
    socket.on('connect_error', (error: Error & { data?: unknown }) => end(lostBy(error.data)));
    socket.on('disconnect', () => end({ kind: 'lost' }));
    socket.on('session_ended', () => end({ kind: 'refused', error: { code: 'unauthorized' } }));
    // What does not parse comes from a server of another version; it is ignored, and the next pull makes up for it. [SH5]
    socket.on('welcome', (input: unknown) => {
      const welcome = parse(Welcome, input);
      if (current !== mine || mine.isWelcomed || !welcome.ok) return;
      mine.isWelcomed = true;
      patience = 1;
      clearTimeout(mine.timer);
      events.welcome(welcome.value);
    });
    socket.on('changes', (input: unknown) => {
      const changes = parse(Changes, input);
      if (current === mine && changes.ok) events.changes(changes.value);
    });
    socket.on('heads', (input: unknown) => {
      const heads = parse(Heads, input);
      if (current === mine && heads.ok) events.heads(heads.value);
    });
    socket.on('typing', (input: unknown) => {
      const notice = parse(TypingNotice, input);
      if (current === mine && notice.ok) events.ephemeral({ kind: 'typing', notice: notice.value });
    });
    socket.on('presence', (input: unknown) => {
      const notice = parse(Presence, input);
      if (current === mine && notice.ok) events.ephemeral({ kind: 'presence', notice: notice.value });
    });
    socket.connect();
    socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
      if (current !== mine) return;
      awaitProgress();
      events.heard(typeof data === 'string' ? data.length : 0);
    });
    socket.io.engine.on('open', awaitProgress);
    awaitProgress();
  }

  function ask<K extends Verb>(verb: K, request: RequestOf<K>): Promise<AnswerOf<K> | undefined> {
    const mine = current;
    if (mine?.isWelcomed !== true) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (answer?: AnswerOf<K>) => {
        mine.waiting.delete(settle);
        resolve(answer);
      };
      // The promise settles once: an answer after the end of the connection changes nothing.
      mine.waiting.add(settle);
      mine.socket.emit(verb, request, (input: unknown) => {
        const answer = parse(verbs[verb].answer, input);
        settle(answer.ok ? (answer.value as AnswerOf<K>) : undefined);
      });
    });
  }

  const emit: Transport['emit'] = (event, payload) => {
    if (current?.isWelcomed === true) current.socket.emit(event, payload);
  };

  return { connect, ask, emit, close: hangUp };
}

function lostBy(refused: unknown): Lost {
  const refusal = parse(Refusal, refused);
  if (!refusal.ok) return { kind: 'lost' };
  const { code, retryAfterMs } = refusal.value;
  return { kind: 'refused', error: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}
