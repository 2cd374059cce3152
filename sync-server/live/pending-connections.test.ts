import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createWaitingRoom } from './pending-connections.ts';

function connectionFrom(address: string) {
  const request = { socket: { remoteAddress: address } } as IncomingMessage;
  return Object.assign(new EventEmitter(), { request });
}

describe('connections that have not said who they are', () => {
  const room = () => createWaitingRoom(({ socket }) => socket.remoteAddress ?? '');

  it('[SEC-43] are bounded by network, an IPv6 one by its /64, and others come in', () => {
    const { hasRoom, enter } = room();
    for (let nth = 0; nth < 2_000; nth++) {
      expect(hasRoom(`2001:db8::${nth}`)).toBe(true);
      enter(connectionFrom(`2001:db8::${nth}`));
    }
    expect(hasRoom('2001:db8::ffff')).toBe(false);
    expect(hasRoom('2001:db8:0:1::1')).toBe(true);
    expect(hasRoom('203.0.113.7')).toBe(true);
  });

  it('[SEC-43] are bounded in all', () => {
    const { hasRoom, enter } = room();
    for (let nth = 0; nth < 10_000; nth++) enter(connectionFrom(`10.0.${nth >> 8}.${nth & 255}`));
    expect(hasRoom('203.0.113.7')).toBe(false);
  });

  it('[REL-04] make room when they sign in, or go, each once', () => {
    const { hasRoom, enter, leave } = room();
    const all = Array.from({ length: 2_000 }, () => connectionFrom('203.0.113.7'));
    for (const connection of all) enter(connection);
    expect(hasRoom('203.0.113.7')).toBe(false);
    const [first, second] = all;
    leave(first as object);
    expect(hasRoom('203.0.113.7')).toBe(true);
    first?.emit('close'); // it has signed in before: this frees nothing more
    enter(connectionFrom('203.0.113.7'));
    expect(hasRoom('203.0.113.7')).toBe(false);
    second?.emit('close');
    expect(hasRoom('203.0.113.7')).toBe(true);
  });
});
