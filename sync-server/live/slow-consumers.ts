import type { LiveSocket, OpenSockets } from './open-sockets.ts';

/** What may wait in memory for one socket, bytes. */
const MAX_WAITING_BYTES = 1024 * 1024;
const LOOKED_AT_EVERY_MS = 500;

/** A device that doesn't read costs its connection, not the server's memory: it comes back and pulls. [REL-08] */
export function startSlowReaderWatch(sockets: OpenSockets, everyMs = LOOKED_AT_EVERY_MS): { close(): void } {
  const timer = setInterval(() => {
    for (const socket of Array.from(sockets.all())) {
      if (waitingBytes(socket.conn) > MAX_WAITING_BYTES) cut(socket.conn);
    }
  }, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** Without a good-bye: it would queue behind all that waits, and keep it for another half a minute. */
function cut(connection: LiveSocket['conn']): void {
  connection.close(true);
  (connection as unknown as EngineConnection).transport.socket?.terminate?.();
}

interface EngineConnection {
  writeBuffer: readonly { data?: unknown }[];
  transport: { socket?: { bufferedAmount?: number; terminate?(): void } };
}

/** In the process, and handed to the system. Packets that hold the same pre-encoded text are counted each. */
function waitingBytes(connection: unknown): number {
  const { writeBuffer, transport } = connection as EngineConnection;
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
  return bytes;
}
