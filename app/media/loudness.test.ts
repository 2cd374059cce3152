import { expect, test } from 'vitest';
import { loudnessOf, waveformOf } from './loudness.ts';

test('a waveform has one byte for each part, and the loudest part fills the height', () => {
  const levels = Array.from({ length: 480 }, (_, at) => (at === 100 ? 0.2 : at < 240 ? 0.1 : 0));
  const loudness = loudnessOf(waveformOf(levels));
  expect(loudness).toHaveLength(48);
  expect([loudness[0], loudness[10], loudness[40]]).toEqual([128 / 255, 1, 0]);
});

test('a recording with fewer moments than parts keeps them all, and silence stays flat', () => {
  expect(loudnessOf(waveformOf([0.5, 0.25]))).toEqual([1, 128 / 255]);
  expect(loudnessOf(waveformOf([0, 0]))).toEqual([0, 0]);
  expect(waveformOf([])).toBe('');
});

test('a broken waveform is drawn as a flat line', () => {
  expect([loudnessOf(undefined), loudnessOf('%%'), loudnessOf('')]).toEqual([[], [], []]);
});
