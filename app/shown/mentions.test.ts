import { expect, test } from 'vitest';
import type { UserId } from '#protocol/ids.ts';
import { MAX_MENTIONS } from '#protocol/limits.ts';
import { tagOf } from './equal-names.ts';
import { mentionedIn, splitAtMentions } from './mentions.ts';

const person = (id: string, name: string) => ({ id: id as UserId, name });
const people = [person('ida', 'Ida'), person('brandt', 'Ida Brandt'), person('kai', 'Kai')];

test('[OP2] a mention is an at sign and a whole name; if several names fit, the longest counts', () => {
  expect(splitAtMentions('Hi @Ida Brandt, ask @Ida!', people)).toEqual([
    { kind: 'text', text: 'Hi ' },
    { kind: 'mention', text: '@Ida Brandt', id: 'brandt' },
    { kind: 'text', text: ', ask ' },
    { kind: 'mention', text: '@Ida', id: 'ida' },
    { kind: 'text', text: '!' },
  ]);
  expect(mentionedIn('@Kai and @Kai again', people)).toEqual(['kai']);
  for (const text of ['kai@Kai', 'ü@Kai', '@Kaiser', '@kai', '@ Kai', 'Kai', '']) {
    expect(mentionedIn(text, people)).toEqual([]);
    expect(splitAtMentions(text, people).every(({ kind }) => kind === 'text')).toBe(true);
  }
});

test('[OP2] a tag distinguishes people of the same name, and without it all of them are meant', () => {
  const both = [person('one', 'Ida Brandt'), person('two', 'Ida Brandt')];
  expect(mentionedIn(`@Ida Brandt (${tagOf('two')})`, both)).toEqual(['two']);
  expect(mentionedIn('@Ida Brandt', both)).toEqual(['one', 'two']);
});

test('signs without names stay text, and at most fifty people are mentioned', () => {
  const crowd = Array.from({ length: 1_000 }, (_, at) => person(`p${at}`, `Person ${at}`));
  const text = '@'.repeat(8_000);
  expect(splitAtMentions(text, crowd)).toEqual([{ kind: 'text', text }]);
  expect(mentionedIn(crowd.map(({ name }) => `@${name}`).join(' '), crowd)).toHaveLength(MAX_MENTIONS);
});
