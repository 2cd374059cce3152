import { expect, test } from 'vitest';
import { pollResults, votedWith } from './poll.ts';

const options = ['tea', 'coffee', 'water'];

test('[PO3] the result counts votes for each option, and people once, however many options they chose', () => {
  expect(pollResults({ options, votes: { ann: [0, 2], bob: [2] } })).toEqual({ counts: [1, 0, 2], voters: 2 });
  expect(pollResults({ options, isAnonymous: true, votes: { ann: [0] }, counts: [3, 0, 1], voters: 4 })).toEqual({
    counts: [3, 0, 1],
    voters: 4,
  });
});

test('[PO2] a pressed option replaces the one before, or is added to it if several may be chosen, and pressing it again takes it back', () => {
  const one = { options, votes: {} };
  expect(votedWith(one, [0], 1)).toEqual([1]);
  expect(votedWith(one, [1], 1)).toEqual([]);
  const several = { ...one, isMultiple: true };
  expect(votedWith(several, [0], 2)).toEqual([0, 2]);
  expect(votedWith(several, [0, 2], 0)).toEqual([2]);
});
