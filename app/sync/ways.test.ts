import { expect, test, vi } from 'vitest';
import { fakeClock } from './testing/fake-clock.fixture.ts';
import { createWays } from './ways.ts';

fakeClock();

test('[CL9] the WebSocket comes first, until polling was faster', () => {
  const ways = createWays();
  expect(ways.first()).toBe('websocket');
  ways.welcomed('websocket');
  expect(ways.first()).toBe('websocket');
  ways.welcomed('polling');
  expect(ways.first()).toBe('polling');
  vi.advanceTimersByTime(300_000);
  expect(ways.first()).toBe('websocket');
});

test('[CL9] a way whose connections are cut soon after their welcome three times in a row hands over to the other', () => {
  const ways = createWays();
  for (let round = 0; round < 2; round++) ways.lost('websocket', 2_000);
  ways.lost('websocket', 60_000);
  for (let round = 0; round < 2; round++) ways.lost('websocket', 2_000);
  expect(ways.first()).toBe('websocket');
  ways.lost('websocket', 2_000);
  expect(ways.first()).toBe('polling');
  for (let round = 0; round < 3; round++) ways.lost('polling', 2_000);
  expect(ways.first()).toBe('websocket');
});
