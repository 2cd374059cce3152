import type { UserId } from '#protocol/ids.ts';
import type { Privacy } from '#protocol/privacy.ts';
import type { LiveServer, OpenSockets } from './open-sockets.ts';
import type { ServerBus } from './server-bus.ts';

/** Shared by everything that sends to devices. */
export interface LiveContext {
  io: LiveServer;
  sockets: OpenSockets;
  bus: ServerBus;
  /** What a person lets others see. [PV3] */
  privacyOf: (userId: UserId) => Privacy;
  /** Whether one of two people has blocked the other. [BL3] */
  areApart: (one: UserId, other: UserId) => boolean;
  /** The server's clock, milliseconds since 1970. */
  now: () => number;
}
