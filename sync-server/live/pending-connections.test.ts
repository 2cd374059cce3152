import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createPendingConnections } from './pending-connections.ts';

function connectionFrom(address: string) {
  const request = { socket: { remoteAddress: address } } as IncomingMessage;
  return Object.assign(new EventEmitter(), { request });
}

describe('connections without a handshake', () => {
  const pending = () => createPendingConnections(({ socket }) => socket.remoteAddress ?? '');

  it('[SEC-43] are bounded per network, for IPv6 per /64, without keeping others out', () => {
    const { hasRoom, add } = pending();
    for (let nth = 0; nth < 2_000; nth++) {
      expect(hasRoom(`2001:db8::${nth}`)).toBe(true);
      add(connectionFrom(`2001:db8::${nth}`));
    }
    expect(hasRoom('2001:db8::ffff')).toBe(false);
    expect(hasRoom('2001:db8:0:1::1')).toBe(true);
    expect(hasRoom('203.0.113.7')).toBe(true);
  });

  it('[SEC-43] are bounded in total', () => {
    const { hasRoom, add } = pending();
    for (let nth = 0; nth < 10_000; nth++) add(connectionFrom(`10.0.${nth >> 8}.${nth & 255}`));
    expect(hasRoom('203.0.113.7')).toBe(false);
  });

  it('[REL-04] free their place when they are authenticated or closed, each once', () => {
    const { hasRoom, add, remove } = pending();
    const all = Array.from({ length: 2_000 }, () => connectionFrom('203.0.113.7'));
    for (const connection of all) add(connection);
    expect(hasRoom('203.0.113.7')).toBe(false);
    const [first, second] = all;
    remove(first as object);
    expect(hasRoom('203.0.113.7')).toBe(true);
    first?.emit('close'); // it was authenticated before, so this frees no further place
    add(connectionFrom('203.0.113.7'));
    expect(hasRoom('203.0.113.7')).toBe(false);
    second?.emit('close');
    expect(hasRoom('203.0.113.7')).toBe(true);
  });
});
