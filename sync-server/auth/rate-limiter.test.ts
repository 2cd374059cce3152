import { describe, expect, it } from 'vitest';
import { createLimiter } from './rate-limiter.ts';

const rule = { windowMs: 1_000, max: 2 };

function limiterAt(start: number, maxKeys?: number) {
  const clock = { now: start };
  return { clock, limiter: createLimiter(() => clock.now, maxKeys) };
}

describe('createLimiter', () => {
  it('[SEC-22] allows a number of attempts in a window, then answers how long to wait, and allows again after it', () => {
    const { clock, limiter } = limiterAt(5_000);
    expect([limiter.take('a', rule), limiter.take('a', rule)]).toEqual([0, 0]);
    clock.now += 400;
    expect([limiter.take('a', rule), limiter.wait('a', rule), limiter.take('b', rule)]).toEqual([600, 600, 0]);
    clock.now += 600;
    expect([limiter.wait('a', rule), limiter.take('a', rule)]).toEqual([0, 0]);
  });

  it('a released attempt no longer counts', () => {
    const { limiter } = limiterAt(0);
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(limiter.take('a', rule)).toBe(0);
      limiter.release('a');
    }
    limiter.release('unknown');
    expect(limiter.wait('unknown', rule)).toBe(0);
  });

  it('[SEC-43] drops the least recently used key when there are too many', () => {
    const { limiter } = limiterAt(0, 3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) limiter.take(key, rule);
    expect(['a', 'b', 'c', 'd'].map((key) => limiter.wait(key, rule) > 0)).toEqual([true, false, false, false]);
    limiter.take('c', rule);
    expect(limiter.wait('c', rule)).toBeGreaterThan(0);
  });

  it('[REL-09] nobody is locked out when the clock is set back', () => {
    const { clock, limiter } = limiterAt(1_000_000);
    limiter.take('a', rule);
    limiter.take('a', rule);
    clock.now -= 86_400;
    expect(limiter.wait('a', rule)).toBe(0);
  });
});
