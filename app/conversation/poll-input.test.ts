import { expect, test } from 'vitest';
import { pollProblem } from './poll-input.ts';

test('[PO1] a new poll names the first field that the server would refuse', () => {
  expect(pollProblem('  ', ['tea', 'coffee'])).toEqual({ at: 'question', kind: 'noQuestion' });
  expect(pollProblem('x'.repeat(301), ['tea', 'coffee'])).toEqual({ at: 'question', kind: 'tooLong' });
  expect(pollProblem('Drink?', ['tea', 'x'.repeat(101)])).toEqual({ at: 1, kind: 'tooLong' });
  expect(pollProblem('Drink?', ['tea', '', 'tea'])).toEqual({ at: 2, kind: 'same' });
  expect(pollProblem('Drink?', ['tea', ''])).toEqual({ at: 1, kind: 'tooFew' });
  expect(pollProblem('Drink?', ['tea', '', 'coffee', ''])).toBeUndefined();
});
