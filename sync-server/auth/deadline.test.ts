import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoAnswer, createDeadline, isUnavailable } from './deadline.ts';

describe('createDeadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('[REL-06] rejects in time when the database hangs', async () => {
    const answer = createDeadline(100).bound(new Promise(() => undefined));
    const seen = answer.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(100);
    expect(await seen).toBeInstanceOf(NoAnswer);
  });

  it('passes on an outcome in time, an error too, and leaves no timer', async () => {
    expect(await createDeadline(100).bound(Promise.resolve(7))).toBe(7);
    await expect(createDeadline(100).bound(Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('pauses during uncounted work, however long it takes, and starts again after it', async () => {
    const deadline = createDeadline(100);
    let finishWork: () => void = () => undefined;
    const work = deadline.uncounted(() => new Promise<void>((resolve) => (finishWork = resolve)));
    let state = 'waiting';
    const answer = deadline.bound(work.then(() => new Promise(() => undefined))).catch(() => (state = 'late'));
    // As in a request, where the work starts after the deadline.
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
  it('tells an unavailable database from a defect, even as the cause of another error', () => {
    const named = (name: string, code?: number) =>
      Object.assign(new Error('x'), { name, ...(code === undefined ? {} : { code }) });
    const unavailable = [
      named('MongoNetworkError'),
      named('MongoServerSelectionError'),
      named('MongoNotConnectedError'),
      named('MongoServerError', 50),
      named('MongoServerError', 14_031), // its disk is full
      new NoAnswer('x'),
    ];
    expect(unavailable.map(isUnavailable)).toEqual(unavailable.map(() => true));
    expect(isUnavailable(new Error('outer', { cause: unavailable[0] }))).toBe(true);
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
