import type { LiveSocket, OpenSockets } from './open-sockets.ts';

interface Bounds {
  /** A socket with more bytes waiting is sent no changes until half of them have left; it pulls them later. */
  behindBytes: number;
  /** A socket with more bytes waiting is cut in any case. */
  maxBytes: number;
  /** A socket that is behind and takes nothing for this long is cut. */
  stalledMs: number;
  checkEveryMs: number;
}

const defaultBounds: Bounds = {
  behindBytes: 1024 * 1024,
  maxBytes: 16 * 1024 * 1024,
  stalledMs: 20_000,
  checkEveryMs: 500,
};

/** The room of all sockets that are sent no changes at present. */
export const BEHIND = 'behind';

interface Progress {
  /** What had left when it was last looked at; any difference is progress. */
  left: Left;
  /** Monotonic, milliseconds. */
  at: number;
}

/**
 * Bounds what waits for a device that reads slowly, and cuts one that does not read at all. A slow link that delivers is
 * left alone: a new connection would only start again with less. [REL-08] [LV10]
 */
export function startSlowReaderWatch(sockets: OpenSockets, bounds: Partial<Bounds> = {}): { close(): void } {
  const { behindBytes, maxBytes, stalledMs, checkEveryMs } = { ...defaultBounds, ...bounds };
  const progress = new WeakMap<LiveSocket, Progress>();

  function look(socket: LiveSocket, now: number): void {
    const connection = socket.conn as unknown as EngineConnection;
    const bytes = waitingBytes(connection);
    const isBehind = socket.rooms.has(BEHIND);
    if (bytes === 0 && !isBehind) return void progress.delete(socket);
    const left = leftOf(connection);
    const last = progress.get(socket);
    if (bytes === 0 || last === undefined || differs(left, last.left)) {
      progress.set(socket, { left, at: now });
      // The heartbeat waits behind everything else, and what was delivered meanwhile proves as much as its answer.
      connection.pingTimeoutTimer?.refresh();
    } else if (bytes > behindBytes && now - last.at >= stalledMs) return cut(socket);
    if (bytes > maxBytes) return cut(socket);
    if (bytes > behindBytes) void socket.join(BEHIND);
    else if (isBehind && bytes <= behindBytes / 2) catchUp(socket);
  }

  const timer = setInterval(() => {
    const now = performance.now();
    for (const socket of Array.from(sockets.all())) look(socket, now);
  }, checkEveryMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** Names what it missed, so that it pulls. [LV5] */
function catchUp(socket: LiveSocket): void {
  const { moved } = socket.data;
  void socket.leave(BEHIND);
  if (moved.size > 0) socket.emit('heads', Object.fromEntries(moved));
  moved.clear();
}

/** Without a close frame: it would queue behind everything else, and keep that in memory for another 30 s. */
function cut({ conn }: LiveSocket): void {
  conn.close(true);
  (conn as unknown as EngineConnection).transport.socket?.terminate?.();
}

interface EngineConnection {
  writeBuffer: readonly { data?: unknown }[];
  transport: { socket?: WebSocket };
  /** Null unless an answer to the heartbeat is due. */
  pingTimeoutTimer: NodeJS.Timeout | null;
}

interface WebSocket {
  bufferedAmount?: number;
  terminate?(): void;
  _socket?: { bytesWritten: number; writableLength: number; _handle?: { writeQueueSize?: number } | null };
}

/** In the process, and handed to the system. Packets that share one pre-encoded text are counted separately. */
function waitingBytes({ writeBuffer, transport }: EngineConnection): number {
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
  return bytes;
}

/** Differs from an earlier value if any byte has left since. */
interface Left {
  firstWaiting: unknown;
  written: number;
  /** Of one large write the system takes a part at a time. */
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
