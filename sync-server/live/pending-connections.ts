import type { IncomingMessage } from 'node:http';
import { networkOf } from '#server/auth/network.ts';

/** Connections that have not said yet who they are. A thousand people behind one address come back at once after a restart. */
const MAX_WAITING_PER_NETWORK = 2_000;
const MAX_WAITING = 10_000;

interface Connection {
  request: IncomingMessage;
  once(event: 'close', left: () => void): unknown;
}

export interface WaitingRoom {
  /** Whether one more from this address may come in. */
  hasRoom(address: string): boolean;
  enter(connection: Connection): void;
  /** It has said who it is, and is bounded by its person's limit from now on. */
  leave(connection: object): void;
}

/** Bounds what costs memory before anybody is signed in: open connections without a session. [SEC-43] */
export function createWaitingRoom(addressOf: (request: IncomingMessage) => string): WaitingRoom {
  const networks = new Map<string, number>();
  const waiting = new Map<object, string>();
  function leave(connection: object): void {
    const network = waiting.get(connection);
    if (network === undefined) return;
    waiting.delete(connection);
    const left = (networks.get(network) ?? 1) - 1;
    if (left === 0) networks.delete(network);
    else networks.set(network, left);
  }
  return {
    hasRoom: (address) =>
      waiting.size < MAX_WAITING && (networks.get(networkOf(address)) ?? 0) < MAX_WAITING_PER_NETWORK,
    enter(connection) {
      const network = networkOf(addressOf(connection.request));
      waiting.set(connection, network);
      networks.set(network, (networks.get(network) ?? 0) + 1);
      connection.once('close', () => leave(connection));
    },
    leave,
  };
}
