import { expect, test } from 'vitest';
import { isUnchanged, noEdit, turnedRight } from './picture-edit.ts';

test('the chosen part of a picture rotates with it, and four turns change nothing', () => {
  const topLeft = { turns: 0, area: { x: 0, y: 0, width: 20, height: 50 } };
  const once = turnedRight(topLeft);
  expect(once).toEqual({ turns: 1, area: { x: 50, y: 0, width: 50, height: 20 } });
  expect(turnedRight(turnedRight(turnedRight(once)))).toEqual(topLeft);
  expect([isUnchanged(noEdit), isUnchanged(topLeft), isUnchanged(turnedRight(noEdit))]).toEqual([true, false, false]);
});
