import type { IncomingMessage } from 'node:http';
import { networkOf } from '#server/auth/network.ts';

/** A thousand people behind one address reconnect at the same time after a restart. */
const MAX_PER_NETWORK = 2_000;
const MAX_IN_ALL = 10_000;

interface Connection {
  request: IncomingMessage;
  once(event: 'close', listener: () => void): unknown;
}

export interface PendingConnections {
  /** Whether one more connection from this address is allowed. */
  hasRoom(address: string): boolean;
  add(connection: Connection): void;
  /** The connection is authenticated, and from now on its person's limit bounds it. */
  remove(connection: object): void;
}

/** Bounds the memory that is used before anybody is signed in: open connections without a session. [SEC-43] */
export function createPendingConnections(addressOf: (request: IncomingMessage) => string): PendingConnections {
  const networks = new Map<string, number>();
  const pending = new Map<object, string>();
  function remove(connection: object): void {
    const network = pending.get(connection);
    if (network === undefined) return;
    pending.delete(connection);
    const remaining = (networks.get(network) ?? 1) - 1;
    if (remaining === 0) networks.delete(network);
    else networks.set(network, remaining);
  }
  return {
    hasRoom: (address) => pending.size < MAX_IN_ALL && (networks.get(networkOf(address)) ?? 0) < MAX_PER_NETWORK,
    add(connection) {
      const network = networkOf(addressOf(connection.request));
      pending.set(connection, network);
      networks.set(network, (networks.get(network) ?? 0) + 1);
      connection.once('close', () => remove(connection));
    },
    remove,
  };
}
