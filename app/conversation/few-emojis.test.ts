import { expect, test } from 'vitest';
import { isFewEmojis } from './few-emojis.ts';

test('one to three emojis are drawn large, whatever signs they are made of', () => {
  for (const text of ['🎉', '❤️', '👍🏽', '👩‍👩‍👧', '🇩🇪', '1️⃣', ' 🎉 🎉\n🎉 '])
    expect([text, isFewEmojis(text)]).toEqual([text, true]);
});

test('texts, digits and longer rows of emojis are not', () => {
  for (const text of ['', ' ', '7', '#', '©', 'ok 👍', '🎉🎉🎉🎉', '🎉'.repeat(1_000)])
    expect([text, isFewEmojis(text)]).toEqual([text, false]);
});
