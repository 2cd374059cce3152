import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoAnswer, createDeadline, isUnavailable } from './deadline.ts';

describe('createDeadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('[REL-06] answers in time although the database hangs', async () => {
    const answer = createDeadline(100).bound(new Promise(() => undefined));
    const seen = answer.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(100);
    expect(await seen).toBeInstanceOf(NoAnswer);
  });

  it('passes on what comes in time, an error too, and leaves no timer', async () => {
    expect(await createDeadline(100).bound(Promise.resolve(7))).toBe(7);
    await expect(createDeadline(100).bound(Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('doesn’t count our own work, however long it queues, and counts anew after it', async () => {
    const deadline = createDeadline(100);
    let finishWork: () => void = () => undefined;
    const work = deadline.uncounted(() => new Promise<void>((resolve) => (finishWork = resolve)));
    let state = 'waiting';
    const answer = deadline.bound(work.then(() => new Promise(() => undefined))).catch(() => (state = 'late'));
    // As in a request: the work begins after the clock does.
    const again = deadline.uncounted(() => work);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state).toBe('waiting');
    finishWork();
    await again;
    await vi.advanceTimersByTimeAsync(99);
    expect(state).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    await answer;
    expect(state).toBe('late');
  });
});

describe('isUnavailable', () => {
  it('knows a database that is away from a defect, also as a cause', () => {
    const named = (name: string, code?: number) =>
      Object.assign(new Error('x'), { name, ...(code === undefined ? {} : { code }) });
    const away = [
      named('MongoNetworkError'),
      named('MongoServerSelectionError'),
      named('MongoNotConnectedError'),
      named('MongoServerError', 50),
      named('MongoServerError', 14_031), // its disk is full
      new NoAnswer('x'),
    ];
    expect(away.map(isUnavailable)).toEqual(away.map(() => true));
    expect(isUnavailable(new Error('outer', { cause: away[0] }))).toBe(true);
    const defects = [
      new TypeError('x'),
      named('MongoServerError', 11_000),
      named('MongoServerError', 2),
      'MongoNetworkError',
      null,
    ];
    expect(defects.map(isUnavailable)).toEqual(defects.map(() => false));
  });
});
