import type { LiveSocket, OpenSockets } from './open-sockets.ts';

/** What may be buffered for one socket, bytes. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const CHECK_EVERY_MS = 500;

/** A device that does not read loses its connection instead of costing memory: it reconnects and pulls. [REL-08] */
export function startSlowConsumerWatch(sockets: OpenSockets, everyMs = CHECK_EVERY_MS): { close(): void } {
  const timer = setInterval(() => {
    for (const socket of Array.from(sockets.all())) {
      if (bufferedBytes(socket.conn) > MAX_BUFFERED_BYTES) cut(socket.conn);
    }
  }, everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

/** Without a close frame: it would queue behind everything else, and keep that in memory for another 30 s. */
function cut(connection: LiveSocket['conn']): void {
  connection.close(true);
  (connection as unknown as EngineConnection).transport.socket?.terminate?.();
}

interface EngineConnection {
  writeBuffer: readonly { data?: unknown }[];
  transport: { socket?: { bufferedAmount?: number; terminate?(): void } };
}

/** In the process, and handed to the system. Packets that share one pre-encoded text are counted separately. */
function bufferedBytes(connection: unknown): number {
  const { writeBuffer, transport } = connection as EngineConnection;
  let bytes = transport.socket?.bufferedAmount ?? 0;
  for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
  return bytes;
}
