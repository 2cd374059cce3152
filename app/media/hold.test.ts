import { expect, test } from 'vitest';
import { releaseOf } from './hold.ts';

test('a short press goes on recording, a long one sends when it ends, and one that slides away discards', () => {
  expect(releaseOf({ heldMs: 120, movedPx: 0 })).toBe('tap');
  // A short swipe is no decision about something that has hardly begun.
  expect(releaseOf({ heldMs: 120, movedPx: 200 })).toBe('tap');
  expect(releaseOf({ heldMs: 3_000, movedPx: 12 })).toBe('send');
  expect(releaseOf({ heldMs: 3_000, movedPx: 140 })).toBe('discard');
});
