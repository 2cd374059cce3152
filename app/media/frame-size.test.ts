import { expect, test } from 'vitest';
import { frameSize } from './frame-size.ts';

test('a picture’s box keeps its shape within the bounds, and has a size before anything is known', () => {
  expect(frameSize(4_000, 3_000)).toEqual({ width: 320, height: 240 });
  expect(frameSize(1_000, 3_000)).toEqual({ width: 120, height: 360 });
  expect(frameSize(200, 150)).toEqual({ width: 200, height: 150 });
  expect(frameSize(10, 10)).toEqual({ width: 96, height: 96 });
  expect(frameSize(undefined, undefined)).toEqual({ width: 320, height: 180 });
  expect(frameSize(0, 0)).toEqual({ width: 320, height: 180 });
});
