import type { Socket } from 'socket.io-client';
import { Changes, Heads, Presence, Refusal, TypingNotice, Welcome } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { verbs, type AnswerOf, type RequestOf, type Verb } from '#protocol/verbs.ts';
import { PROGRESS_WITHIN_MS, type OpenWay, type WayEvents } from './open-way.ts';
import type { Lost } from './transport.ts';

/**
 * How late a ping of the server may be before Socket.IO ends the connection: on a slow link, as late as the megabyte that may be
 * queued before it makes it. Dead connections are found by liveness.ts; this only ends the connection of a page that nobody looks
 * at. [CL8]
 */
const PING_WITHIN_MS = 300_000;

/** Runs one connection over one socket. After `lost` or `close` none of its events is delivered. */
export function openSocket(socket: Socket, patience: number, events: WayEvents): OpenWay {
  /** Settles requests that are not answered yet. */
  const waiting = new Set<() => void>();
  let isWelcomed = false;
  let isOver = false;
  let openedMs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function close(): void {
    isOver = true;
    clearTimeout(timer);
    socket.disconnect();
    for (const settle of waiting) settle();
  }
  function end(why: Lost): void {
    if (isOver) return;
    close();
    events.lost(why);
  }
  function awaitProgress(): void {
    clearTimeout(timer);
    if (isOver || isWelcomed) return;
    timer = setTimeout(() => {
      events.hung();
      end({ kind: 'lost' });
    }, PROGRESS_WITHIN_MS * patience);
  }

  socket.on('connect_error', (error: Error & { data?: unknown }) => end(lostBy(error.data)));
  socket.on('disconnect', () => end({ kind: 'lost' }));
  socket.on('session_ended', () => end({ kind: 'refused', error: { code: 'unauthorized' } }));
  // An event that does not parse comes from a server of another version; it is ignored, and the next pull makes up for it. [SH5]
  socket.on('welcome', (input: unknown) => {
    const welcome = parse(Welcome, input);
    if (isOver || isWelcomed || !welcome.ok) return;
    isWelcomed = true;
    clearTimeout(timer);
    const isOverHttp = socket.io.engine.transport.name === 'polling';
    events.welcome(welcome.value, true, { ms: Date.now() - openedMs, isOverHttp });
  });
  socket.on('changes', (input: unknown) => {
    const changes = parse(Changes, input);
    if (!isOver && changes.ok) events.changes(changes.value);
  });
  socket.on('heads', (input: unknown) => {
    const heads = parse(Heads, input);
    if (!isOver && heads.ok) events.heads(heads.value);
  });
  socket.on('typing', (input: unknown) => {
    const notice = parse(TypingNotice, input);
    if (!isOver && notice.ok) events.ephemeral({ kind: 'typing', notice: notice.value });
  });
  socket.on('presence', (input: unknown) => {
    const notice = parse(Presence, input);
    if (!isOver && notice.ok) events.ephemeral({ kind: 'presence', notice: notice.value });
  });
  socket.connect();
  // The event precedes the use of its values.
  socket.io.engine.on('handshake', (values: { pingTimeout: number }) => (values.pingTimeout = PING_WITHIN_MS));
  socket.io.engine.on('open', () => {
    openedMs = Date.now();
    awaitProgress();
  });
  socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
    if (isOver) return;
    awaitProgress();
    events.heard(typeof data === 'string' ? data.length : 0);
  });
  awaitProgress();

  return {
    close,
    isBusy: () => waiting.size > 0,
    emit: (event, payload) => void socket.emit(event, payload),
    ask: <K extends Verb>(verb: K, request: RequestOf<K>) =>
      new Promise<AnswerOf<K> | undefined>((resolve) => {
        if (isOver) return resolve(undefined);
        const settle = (answer?: AnswerOf<K>) => {
          waiting.delete(settle);
          resolve(answer);
        };
        // The promise settles once: an answer after the end of the connection changes nothing.
        waiting.add(settle);
        socket.emit(verb, request, (input: unknown) => {
          const answer = parse(verbs[verb].answer, input);
          settle(answer.ok ? (answer.value as AnswerOf<K>) : undefined);
        });
      }),
  };
}

function lostBy(refused: unknown): Lost {
  const refusal = parse(Refusal, refused);
  if (!refusal.ok) return { kind: 'lost' };
  const { code, retryAfterMs } = refusal.value;
  return { kind: 'refused', error: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}
