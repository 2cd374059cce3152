import { expect, test } from 'vitest';
import { limits } from '#protocol/limits.ts';
import { mergedDraft, sharedForm, unsentPart } from './drafts.ts';

test.each([
  ['nothing changed there', 'a', 'a', 'a b', 'a b'],
  ['nothing was typed here', 'see you', 'see you at six', 'see you', 'see you at six'],
  ['it was shortened there', 'see you at six', 'see you', 'see you at six', 'see you'],
  ['it was sent there', 'see you', '', 'see you', ''],
  ['it was sent there, and continued here', 'see you', '', 'see you and bring wine', ' and bring wine'],
  ['it was sent there, and something else was typed here', 'see you', '', 'bring wine', 'bring wine'],
  ['different words were typed in both places', '', 'from the phone', 'by hand', 'from the phone\nby hand'],
  ['the words typed here were replaced by others', 'by hand', 'on a train', 'by hand', 'on a train\nby hand'],
  ['they were combined there', 'by hand', 'on a train\nby hand', 'by hand', 'on a train\nby hand'],
  ['they were combined here', 'on a train', 'on a train', 'on a train\nby hand', 'on a train\nby hand'],
])('[RC4] merging a draft: %s', (_name, base, theirs, mine, merged) => {
  expect(mergedDraft(base, theirs, mine)).toBe(merged);
});

test.each([
  ['the message', 'see you at six', 'see you at six', ''],
  ['the message, and what was typed since', 'see you at six, ok', 'see you at six', ', ok'],
  ['an earlier version', 'see you at', 'see you at six', ''],
  ['a corrected version', 'sea you at six', 'see you at six', ''],
  ['other words, from another tab', 'bring wine', 'see you at six', 'bring wine'],
  ['the message below words of another tab', 'bring wine\nsee you at six', 'see you at six', 'bring wine'],
  ['nothing', '', 'see you at six', ''],
])('a draft of which a message was sent: %s', (_name, draft, sent, left) => {
  expect(unsentPart(draft, sent)).toBe(left);
});

test('[RC4] a draft that is too long for other devices is not shared at all', () => {
  expect(sharedForm('x'.repeat(limits.text))).toHaveLength(limits.text);
  expect(sharedForm('x'.repeat(limits.text + 1))).toBe('');
  expect([sharedForm(' \n'), sharedForm('a\ud83d')]).toEqual(['', 'a\ufffd']);
});
