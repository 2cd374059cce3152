import { expect, test } from 'vitest';
import type { UserId } from './ids.ts';
import { byOneForm, isOneEmoji, oneFormOf } from './emoji.ts';

const [tom, kai, mira] = ['tom', 'kai', 'mira'] as UserId[];

test('[SH10] an emoji has one form, whichever selectors it was typed with', () => {
  for (const form of ['☀️', '☀', '☀\uFE0E', '☀\uFE0E\uFE0F']) expect(oneFormOf(form)).toBe('☀\uFE0F');
  expect(oneFormOf('👍\uFE0F')).toBe('👍');
  expect(oneFormOf('🏳‍🌈')).toBe('🏳️‍🌈');
  expect(oneFormOf('1⃣')).toBe('1️⃣');
  // These are in the form that Unicode recommends, which keyboards produce.
  for (const form of ['👁️‍🗨️', '❤️‍🔥', '🕵🏽‍♂️', '🕵️‍♂️', '#️⃣', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '☝🏽', '🇩🇪', '👩🏽‍❤️‍👨🏿', '👨‍👩‍👧'])
    expect([form, oneFormOf(form)]).toEqual([form, form]);
});

test('[SH10] a skin tone makes another emoji', () => {
  expect(new Set(['👍', '👍🏽', '👍🏿'].map(oneFormOf)).size).toBe(3);
});

test('an emoji with invisible characters added does not count as another one', () => {
  for (const one of ['👍', '👍🏽', '❤', '❤️', '🏳️‍🌈', '🇨🇭', '1️⃣', '👨‍👩‍👧‍👦', '🫩'])
    expect([one, isOneEmoji(one)]).toEqual([one, true]);
  for (const other of ['', 'a', '1', '👍👍', '👍\u200d', '👍\u034f', '\u200d👍', '👍\u0301', '👍 ', '🇨🇭🇨🇭', '©a'])
    expect([other, isOneEmoji(other)]).toEqual([other, false]);
});

test('[SH10] older reactions in several forms count as one, and each person once', () => {
  const reactions = { '☀️': [tom], '👍': [mira], '☀': [kai, tom] } as Record<string, UserId[]>;
  expect([...byOneForm(reactions)]).toEqual([
    ['☀️', [tom, kai]],
    ['👍', [mira]],
  ]);
});
