import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withinTime } from './within-time.ts';

const never = () => new Promise<string>(() => undefined);

describe('withinTime', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('passes on an outcome that comes in time, errors included, and leaves no timer', async () => {
    expect(await withinTime(Promise.resolve('in time'), 100, () => 'late')).toBe('in time');
    await expect(withinTime(Promise.reject(new Error('other')), 100, () => 'late')).rejects.toThrow('other');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with what `late` returns or throws once the time has passed', async () => {
    const value = withinTime(never(), 100, () => 'late');
    const error = withinTime(never(), 100, () => {
      throw new Error('too late');
    }).catch(String);
    await vi.advanceTimersByTimeAsync(100);
    expect([await value, await error]).toEqual(['late', 'Error: too late']);
  });
});
