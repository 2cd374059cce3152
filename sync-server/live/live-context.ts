import type { LiveServer, OpenSockets } from './open-sockets.ts';
import type { ServerBus } from './server-bus.ts';

/** What everything that sends to devices shares. */
export interface LiveContext {
  io: LiveServer;
  sockets: OpenSockets;
  bus: ServerBus;
  /** Server's clock, milliseconds since 1970. */
  now: () => number;
}
