import { startEngine, type Engine, type EngineParts } from './engine.ts';
import { serverTransport, type TransportOptions } from './server-transport.ts';

/** The engine with its transport, in a file of its own: only the leading tab fetches it, after the chats are on the screen. */
export function startOverServer(parts: Omit<EngineParts, 'transport'>, options: TransportOptions): Engine {
  return startEngine({ ...parts, transport: (events) => serverTransport(options, events) });
}

export type StartOverServer = typeof startOverServer;
