import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StreamId } from '#protocol/ids.ts';
import { type LiveSocket, createOpenSockets } from './open-sockets.ts';
import { BEHIND, startSlowReaderWatch } from './slow-readers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const bounds = { leastBytes: 1_000, mostBytes: 4_000, maxBytes: 10_000, stalledMs: 5_000, checkEveryMs: 500 };

/** A socket whose network accepts as much as the test says. */
function watched() {
  const sockets = createOpenSockets();
  const rooms = new Set<string>();
  const emitted: unknown[][] = [];
  const state = { sent: 0, taken: 0, isCut: false, heartbeats: 0 };
  let drained = () => undefined as void;
  const webSocket = {
    get bufferedAmount() {
      return state.sent - state.taken;
    },
    terminate: () => void (state.isCut = true),
    _socket: {
      get bytesWritten() {
        return state.sent;
      },
      get writableLength() {
        return state.sent - state.taken;
      },
    },
  };
  const socket = {
    data: { userId: 'ann', sessionId: 's', moved: new Map<StreamId, number>() },
    conn: {
      writeBuffer: [],
      transport: { socket: webSocket, once: (_: 'drain', listener: () => void) => void (drained = listener) },
      pingTimeoutTimer: { refresh: () => void state.heartbeats++ },
      close: () => undefined,
    },
    rooms,
    join: (room: string) => rooms.add(room),
    leave: (room: string) => rooms.delete(room),
    emit: (...event: unknown[]) => emitted.push(event),
  } as unknown as LiveSocket;
  sockets.add(socket);
  const { beforeChanges } = startSlowReaderWatch(sockets, bounds);
  /** Sends it changes, as fan-out does: only while it is not behind. */
  const burst = (count: number, bytes: number) => {
    for (let nth = 0; nth < count; nth++) {
      beforeChanges(socket);
      if (!rooms.has(BEHIND)) state.sent += bytes;
    }
  };
  return { state, rooms, emitted, socket, burst, drain: () => drained() };
}

it('[LV10] [REL-08] a device that reads nothing is disconnected, although its first bytes were read', () => {
  const { state } = watched();
  state.sent = 1_200;
  state.taken = 100;
  vi.advanceTimersByTime(5_000);
  expect(state.isCut).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(state.isCut).toBe(true);
});

it('[LV10] a device that is slow but reads something is never disconnected, and delivery counts as an answer to the heartbeat', () => {
  const { state } = watched();
  state.sent = 5_000;
  for (let nth = 0; nth < 100; nth++) {
    state.taken += 1;
    vi.advanceTimersByTime(4_000);
    state.sent += 1;
  }
  expect(state.isCut).toBe(false);
  expect(state.heartbeats).toBeGreaterThanOrEqual(100);
});

it('[LV10] a device without much to read may be silent, which is left to the heartbeat', () => {
  const { state } = watched();
  state.sent = 900;
  vi.advanceTimersByTime(60_000);
  expect(state.isCut).toBe(false);
});

it('[LV10] [REL-08] the waiting bytes are bounded, however much the device reads', () => {
  const { state } = watched();
  state.sent = 20_000;
  state.taken = 9_000;
  vi.advanceTimersByTime(500);
  expect(state.isCut).toBe(true);
});

it('[LV10] a device that is behind is marked until half of its bytes have been sent, and then gets the heads that it missed', () => {
  const { state, rooms, emitted, socket } = watched();
  state.sent = 2_000;
  vi.advanceTimersByTime(500);
  expect(rooms).toContain(BEHIND);
  socket.data.moved.set('g:one' as StreamId, 7);
  for (; state.taken < 1_400; state.taken += 200) vi.advanceTimersByTime(500);
  vi.advanceTimersByTime(500);
  expect(rooms).toContain(BEHIND);
  expect(emitted).toEqual([]);
  state.taken = 1_500;
  vi.advanceTimersByTime(500);
  expect(rooms).not.toContain(BEHIND);
  expect(emitted).toEqual([['heads', { 'g:one': 7 }]]);
  expect(socket.data.moved.size).toBe(0);
});

it('[LV10] a burst is bounded while it lasts, and a device that has read it gets the heads of the rest at once', () => {
  const { state, rooms, emitted, socket, burst, drain } = watched();
  burst(1_000, 100);
  expect(state.sent).toBeLessThan(2_000);
  expect(rooms).toContain(BEHIND);
  socket.data.moved.set('g:one' as StreamId, 7);
  state.taken = 100;
  drain();
  expect(rooms).toContain(BEHIND);
  state.taken = state.sent;
  drain();
  expect(rooms).not.toContain(BEHIND);
  expect(emitted).toEqual([['heads', { 'g:one': 7 }]]);
});

it('[LV10] the bound for a device follows how much it reads, up and down', () => {
  const { state, rooms, burst } = watched();
  state.sent = 500;
  vi.advanceTimersByTime(500);
  state.sent = state.taken = 3_000;
  vi.advanceTimersByTime(500);
  burst(20, 100);
  expect([rooms.has(BEHIND), state.sent]).toEqual([false, 5_000]);
  burst(100, 100);
  expect(rooms).toContain(BEHIND);
  expect(state.sent).toBeLessThan(7_000);
  state.taken = state.sent;
  vi.advanceTimersByTime(500);
  expect(rooms).not.toContain(BEHIND);
  vi.advanceTimersByTime(5_000);
  const quietlySent = state.sent;
  burst(100, 100);
  expect(state.sent - quietlySent).toBeLessThan(2_000);
});
