import type { LiveSocket, OpenSockets } from './open-sockets.ts';

interface Bounds {
  /**
   * A socket with more bytes waiting than it read in the last seconds gets no changes until half of them have been sent; it pulls
   * the changes later. These are the lower and the upper bound of what may wait.
   */
  leastBytes: number;
  mostBytes: number;
  /** A socket with more bytes waiting is disconnected in any case. */
  maxBytes: number;
  /** A socket that is behind and reads nothing for this long is disconnected. */
  stalledMs: number;
  checkEveryMs: number;
}

const defaultBounds: Bounds = {
  // An answer to the device's own push waits behind this many bytes: ten seconds at 50 kbit/s.
  leastBytes: 64 * 1024,
  mostBytes: 1024 * 1024,
  maxBytes: 16 * 1024 * 1024,
  stalledMs: 20_000,
  checkEveryMs: 500,
};

/** The number of checks over which the bytes that a socket read are counted. */
const CHECKS = 4;
/** How many changes a socket gets between two checks. Most have at most 8 KiB. */
const CHANGES_BETWEEN_LOOKS = 8;

/** The room of all sockets that currently get no changes. */
export const BEHIND = 'behind';

interface Progress {
  /** How much had been sent at the last check; any difference is progress. */
  left: Left;
  /** Monotonic, milliseconds. */
  at: number;
  /** How much it read between the last checks, the oldest first. */
  took: number[];
  /** The total that it had read at the last check. */
  written: number;
}

export interface SlowReaders {
  /** Must be called before changes are sent to a socket, so that a burst is bounded while it lasts. */
  beforeChanges(socket: LiveSocket): void;
  close(): void;
}

/**
 * Bounds how much waits for a device that reads slowly, and disconnects one that does not read at all. A slow link that delivers
 * is left alone, because a new connection would only start again with less. [REL-08] [LV10]
 */
export function startSlowReaderWatch(sockets: OpenSockets, bounds: Partial<Bounds> = {}): SlowReaders {
  const { leastBytes, mostBytes, maxBytes, stalledMs, checkEveryMs } = { ...defaultBounds, ...bounds };
  const progress = new WeakMap<LiveSocket, Progress>();
  const handed = new WeakMap<LiveSocket, number>();

  function check(socket: LiveSocket, now: number): void {
    const connection = engineOf(socket);
    const bytes = waitingBytes(connection);
    const last = progress.get(socket);
    const left = leftOf(connection);
    const took = [...(last?.took ?? []), left.written - (last?.written ?? left.written)].slice(-CHECKS);
    const isBehind = socket.rooms.has(BEHIND);
    if (bytes === 0 && !isBehind && took.every((some) => some === 0)) return void progress.delete(socket);
    const hasMoved = bytes === 0 || last === undefined || differs(left, last.left);
    // The heartbeat waits behind everything else, and delivered bytes prove as much as its answer.
    if (hasMoved && bytes > 0) connection.pingTimeoutTimer?.refresh();
    const at = hasMoved ? now : last.at;
    progress.set(socket, { left, at, took, written: left.written });
    if (isBehind && now - at >= stalledMs) return cut(socket);
    if (bytes > maxBytes) return cut(socket);
    look(socket, bytes);
  }

  function look(socket: LiveSocket, bytes: number): void {
    const { took = [] } = progress.get(socket) ?? {};
    const bound = Math.min(
      mostBytes,
      took.reduce((sum, some) => sum + some, 0),
    );
    const isBehind = socket.rooms.has(BEHIND);
    if (isBehind && bytes <= Math.max(leastBytes, bound) / 2) return catchUp(socket);
    if (isBehind || bytes <= Math.max(leastBytes, bound)) return;
    void socket.join(BEHIND);
    lookWhenDrained(socket);
  }

  /** A fast device has read everything a moment later, and does not have to wait for the next check. */
  function lookWhenDrained(socket: LiveSocket): void {
    engineOf(socket).transport.once('drain', () => {
      if (!socket.rooms.has(BEHIND)) return;
      look(socket, waitingBytes(engineOf(socket)));
      if (socket.rooms.has(BEHIND)) lookWhenDrained(socket);
    });
  }

  const timer = setInterval(() => {
    const now = performance.now();
    for (const socket of Array.from(sockets.all())) check(socket, now);
  }, checkEveryMs);
  timer.unref();
  return {
    beforeChanges(socket) {
      const count = (handed.get(socket) ?? 0) + 1;
      handed.set(socket, count % CHANGES_BETWEEN_LOOKS);
      if (count === CHANGES_BETWEEN_LOOKS) look(socket, waitingBytes(engineOf(socket)));
    },
    close: () => clearInterval(timer),
  };
}

/** Names the streams that it missed, so that it pulls. [LV5] */
function catchUp(socket: LiveSocket): void {
  const { moved } = socket.data;
  void socket.leave(BEHIND);
  if (moved.size > 0) socket.emit('heads', Object.fromEntries(moved));
  moved.clear();
}

/** Without a close frame: it would queue behind everything else, and keep that in memory for another 30 s. */
function cut(socket: LiveSocket): void {
  socket.conn.close(true);
  engineOf(socket).transport.socket?.terminate?.();
}

const engineOf = ({ conn }: LiveSocket) => conn as unknown as EngineConnection;

interface EngineConnection {
  writeBuffer: readonly { data?: unknown }[];
  transport: { socket?: WebSocket; once(event: 'drain', listener: () => void): void };
  /** Null unless an answer to the heartbeat is due. */
  pingTimeoutTimer: NodeJS.Timeout | null;
}

interface WebSocket {
  bufferedAmount?: number;
  terminate?(): void;
  _socket?: { bytesWritten: number; writableLength: number; _handle?: { writeQueueSize?: number } | null };
}

/** The bytes in the process, and those handed to the system. Packets that share one pre-encoded text are counted separately. */
function waitingBytes({ writeBuffer, transport }: EngineConnection): number {
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
  return bytes;
}

/** Differs from an earlier value if any byte has been sent since. */
interface Left {
  firstWaiting: unknown;
  written: number;
  /** The system accepts a large write in parts. */
  queued: number;
}

function leftOf({ writeBuffer, transport }: EngineConnection): Left {
  const stream = transport.socket?._socket;
  return {
    firstWaiting: writeBuffer[0],
    written: stream === undefined ? 0 : stream.bytesWritten - stream.writableLength,
    queued: stream?._handle?.writeQueueSize ?? 0,
  };
}

function differs(a: Left, b: Left): boolean {
  return a.firstWaiting !== b.firstWaiting || a.written !== b.written || a.queued !== b.queued;
}
