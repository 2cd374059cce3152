import type { DeviceId } from '#protocol/ids.ts';
import { startEngine, type Engine, type EngineParts } from './engine.ts';
import { socketTransport } from './socket-transport.ts';

/** The engine with its transport, in a file of its own: only the leading tab fetches it, after the chats are on the screen. */
export function startOverSocket(parts: Omit<EngineParts, 'transport'>, device: DeviceId): Engine {
  return startEngine({ ...parts, transport: (events) => socketTransport({ device }, events) });
}

export type StartOverSocket = typeof startOverSocket;
