import { expect, test } from 'vitest';
import { lookOf, tagOf, tagsOf, withDistinctNames } from './equal-names.ts';

test('names that a reader could confuse count as equal, and others do not', () => {
  for (const name of ['Ida Brаndt', 'ida  brandt', 'lda Brandt', 'Ida\u200b Brandt', 'Іdа Вrаndt'])
    expect([name, lookOf(name)]).toEqual([name, lookOf('Ida Brandt')]);
  for (const name of ['Ida Brand', 'Ada Brandt', 'Иван']) expect(lookOf(name)).not.toBe(lookOf('Ida Brandt'));
});

test('among people shown together, only those whose names look alike get a tag, which is always the same', () => {
  const people = new Map([
    ['id1', { name: 'Ida Brandt' }],
    ['id2', { name: 'Ida Brаndt' }],
    ['id3', { name: 'Kai' }],
  ]);
  expect([...withDistinctNames(people).values()].map(({ name }) => name)).toEqual([
    `Ida Brandt (${tagOf('id1')})`,
    `Ida Brаndt (${tagOf('id2')})`,
    'Kai',
  ]);
  expect(tagOf('id1')).toMatch(/^[0-9A-Z]{4}$/);
  expect(tagOf('id1')).not.toBe(tagOf('id2'));
  people.delete('id2');
  expect(withDistinctNames(people)).toBe(people);
  expect(tagsOf(people).size).toBe(0);
});
