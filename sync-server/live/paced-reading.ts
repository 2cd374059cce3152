import type { LiveSocket } from './open-sockets.ts';

/** Packets of one socket: this many at once, and so many per second in the long run. A busy app sends a few per second. */
const BURST = 2_000;
const PER_SECOND = 500;
/** A large packet costs more to decode, so each of this many bytes counts as one packet. */
const BYTES_PER_COUNT = 4_096;

interface Connection {
  on(event: 'packet', listener: (packet: { data?: unknown }) => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  close(discard?: boolean): unknown;
  transport: unknown;
}

/**
 * Stops reading from a socket that floods until its budget has recovered: its packets wait in the network, in order and without
 * loss, and the event loop is free for other sockets. [LV9]
 */
export function paceReading(connection: Connection, { burst = BURST, perSecond = PER_SECOND } = {}): void {
  let budget = burst;
  let at = performance.now();
  let paused: { reader: Reader; timer: ReturnType<typeof setTimeout> } | undefined;

  function recover(): void {
    const now = performance.now();
    budget = Math.min(burst, budget + ((now - at) / 1_000) * perSecond);
    at = now;
  }

  function waitFor(reader: Reader): void {
    const timer = setTimeout(
      () => {
        recover();
        // Packets of the chunk that was being read were still handled after the pause began.
        if (budget < 1) return waitFor(reader);
        paused = undefined;
        reader.resume();
      },
      Math.ceil(((1 - budget) / perSecond) * 1_000),
    );
    timer.unref();
    paused = { reader, timer };
  }

  connection.on('packet', ({ data }) => {
    recover();
    budget -= 1 + (typeof data === 'string' ? Math.floor(data.length / BYTES_PER_COUNT) : 0);
    if (budget >= 1 || paused !== undefined) return;
    const reader = readerOf(connection);
    // Long polling can't be paused, because each request is read on its own. Reconnecting costs a handshake.
    if (reader === undefined) return void connection.close(true);
    reader.pause();
    waitFor(reader);
  });
  connection.once('close', () => {
    if (paused === undefined) return;
    clearTimeout(paused.timer);
    // The peer's part of the closing handshake has to be read; without it, the socket would stay open for another 30 s.
    paused.reader.resume();
  });
}

/** Paces an open socket. */
export function paceSocket(socket: LiveSocket): void {
  paceReading(socket.conn);
}

interface Reader {
  pause(): void;
  resume(): void;
}

/** The WebSocket, which can stop reading; undefined for other transports. */
function readerOf({ transport }: Connection): Reader | undefined {
  const { socket } = transport as { socket?: Reader };
  return socket?.pause === undefined ? undefined : socket;
}
