import { expect, test } from 'vitest';
import { releaseOf } from './hold.ts';

test('after a short press recording continues, a long press sends when it ends, and sliding away discards', () => {
  expect(releaseOf({ heldMs: 120, movedPx: 0 })).toBe('tap');
  // A short swipe does not decide about a recording that has hardly started.
  expect(releaseOf({ heldMs: 120, movedPx: 200 })).toBe('tap');
  expect(releaseOf({ heldMs: 3_000, movedPx: 12 })).toBe('send');
  expect(releaseOf({ heldMs: 3_000, movedPx: 140 })).toBe('discard');
});
