import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { paceReading } from './paced-reading.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const limits = { burst: 100, perSecond: 50 };

class Connection extends EventEmitter {
  isReading = true;
  isClosed = false;
  transport: { socket?: { pause(): void; resume(): void } };
  constructor({ canPause }: { canPause: boolean }) {
    super();
    const socket = { pause: () => void (this.isReading = false), resume: () => void (this.isReading = true) };
    this.transport = canPause ? { socket } : {};
  }
  close(): void {
    this.isClosed = true;
    this.emit('close');
  }
  receive(count: number, data = '2["typing",{}]'): void {
    for (let nth = 0; nth < count; nth++) this.emit('packet', { data });
  }
}

it('[LV9] a socket that floods is not read until its budget has recovered', () => {
  const connection = new Connection({ canPause: true });
  paceReading(connection, limits);
  connection.receive(99);
  expect(connection.isReading).toBe(true);
  // The chunk that is being read is handled to its end, and counts too.
  connection.receive(50);
  expect(connection.isReading).toBe(false);
  vi.advanceTimersByTime(980);
  expect(connection.isReading).toBe(false);
  vi.advanceTimersByTime(100);
  expect(connection.isReading).toBe(true);
  connection.receive(5);
  expect(connection.isReading).toBe(false);
});

it('[LV9] a socket that keeps to the rate is never paused, and regains its burst after a while', () => {
  const connection = new Connection({ canPause: true });
  paceReading(connection, limits);
  for (let second = 0; second < 20; second++) {
    connection.receive(50);
    expect(connection.isReading).toBe(true);
    vi.advanceTimersByTime(1_000);
  }
  vi.advanceTimersByTime(5_000);
  connection.receive(99);
  expect(connection.isReading).toBe(true);
});

it('[LV9] a large packet counts as several', () => {
  const connection = new Connection({ canPause: true });
  paceReading(connection, limits);
  connection.receive(1, 'x'.repeat(200 * 4_096));
  expect(connection.isReading).toBe(false);
});

it('[LV9] a flood by long polling, which cannot be paused, ends its connection', () => {
  const connection = new Connection({ canPause: false });
  paceReading(connection, limits);
  connection.receive(99);
  expect(connection.isClosed).toBe(false);
  connection.receive(1);
  expect(connection.isClosed).toBe(true);
});

it('[LV9] [REL-05] a paused connection that closes is read again, so that its end arrives, and leaves no timer behind', () => {
  const connection = new Connection({ canPause: true });
  paceReading(connection, limits);
  connection.receive(200);
  expect(connection.isReading).toBe(false);
  connection.close();
  expect(connection.isReading).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
