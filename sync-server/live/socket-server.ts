import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server } from 'socket.io';
import { limits } from '#protocol/limits.ts';
import { SOCKET_PATH } from '#protocol/version.ts';
import { CompressingWebSocketServer } from './compressed-frames.ts';
import { gatherWrites } from './gathered-writes.ts';
import type { LiveServer } from './open-sockets.ts';
import type { PendingConnections } from './pending-connections.ts';
import { textParser } from './text-parser.ts';

interface SocketServerParts {
  http: HttpServer;
  pending: PendingConnections;
  /** Decides by the request's origin. [HT1] */
  isAllowed: (request: IncomingMessage) => boolean;
  addressOf: (request: IncomingMessage) => string;
}

/** Socket.IO over the HTTP server's port. Connections without a handshake are bounded in number and time. [SEC-43] */
export function openSocketServer({ http, pending, isAllowed, addressOf }: SocketServerParts): LiveServer {
  http.on('upgrade', (_request, connection: Duplex) => gatherWrites(connection));
  const io: LiveServer = new Server(http, {
    path: SOCKET_PATH,
    serveClient: false,
    maxHttpBufferSize: limits.packet,
    parser: textParser,
    // Long polling is compressed by Socket.IO itself, from 1 KiB on.
    wsEngine: CompressingWebSocketServer,
    // Over long polling at 2 s each way, the handshake alone takes 8 s.
    connectTimeout: 20_000,
    pingInterval: 20_000,
    // On a slow line a ping waits behind bytes in the system's buffers, which the watch for slow readers does not see.
    pingTimeout: 45_000,
    allowRequest: (request, done) => done(null, isAllowed(request) && pending.hasRoom(addressOf(request))),
  });
  io.engine.on('connection', pending.add);
  return io;
}
