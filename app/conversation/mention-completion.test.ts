import { expect, test } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { mentionBefore, offeredFor } from './mention-completion.ts';

const people = ['Ida Brandt', 'Ída Moss', 'Kai'].map((name) => ({ id: name as UserId, name }));
const offered = (text: string) => {
  const typed = mentionBefore(text, text.length);
  return typed === undefined ? undefined : offeredFor(typed, people).map(({ name }) => name);
};

test('[OP2] an at sign at the start of a word offers people, by the starts of their names', () => {
  expect(offered('@')).toEqual(['Ida Brandt', 'Ída Moss', 'Kai']);
  expect(offered('see (@ida')).toEqual(['Ida Brandt', 'Ída Moss']);
  expect(offered('hi @Ida m')).toEqual(['Ída Moss']);
  expect(mentionBefore('hi @Ida, all', 7)).toEqual({ from: 3, typed: 'Ida' });
});

test('[OP2] nothing is offered if no name is being typed, so that Enter sends', () => {
  for (const text of ['', 'ida', 'me@kai', '@@', '@kai ', '@kai\n', `@${'x'.repeat(80)}`])
    expect([text, offered(text)]).toEqual([text, undefined]);
  for (const text of ['@Kai', '@nobody', '@Ida Brandt says']) expect([text, offered(text)]).toEqual([text, []]);
});
