import { fold } from '#protocol/fold.ts';

/** Cyrillic, Greek and Armenian letters, and signs, that are drawn like Latin letters. */
const lookalikes = new Map(
  Object.entries({
    a: 'аα',
    b: 'ьв',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еε',
    h: 'һнη',
    j: 'јϳ',
    k: 'кκ',
    l: 'іι1|ӏi',
    m: 'мμ',
    n: 'пո',
    o: 'оο0օσ',
    p: 'рρ',
    q: 'ԛ',
    s: 'ѕ',
    t: 'тτ',
    u: 'υս',
    v: 'ѵν',
    w: 'ԝω',
    x: 'хχ',
    y: 'уγү',
    z: 'ζ',
  }).flatMap(([letter, drawnAlike]) => [...drawnAlike].map((other) => [other, letter] as const)),
);

const KEPT = 20_000;
const looks = new Map<string, string>();

/** A form that is equal for names that a reader could confuse. */
export function lookOf(name: string): string {
  const known = looks.get(name);
  if (known !== undefined) return known;
  const look = [...fold(name)].map((letter) => lookalikes.get(letter) ?? letter).join('');
  if (looks.size >= KEPT) looks.clear();
  looks.set(name, look);
  return look;
}

/** Four letters and digits that always belong to the same person, and reveal nothing about them. */
export function tagOf(id: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  return hash.toString(36).padStart(4, '0').slice(-4).toUpperCase();
}

/** The tags of the people whose names look like another person's name. */
export function tagsOf<Id extends string>(people: Iterable<readonly [Id, { name: string }]>): Map<Id, string> {
  const alike = new Map<string, Id[]>();
  for (const [id, { name }] of people) {
    const look = lookOf(name);
    const ids = alike.get(look);
    if (ids === undefined) alike.set(look, [id]);
    else ids.push(id);
  }
  return new Map(
    [...alike.values()].filter(({ length }) => length > 1).flatMap((ids) => ids.map((id) => [id, tagOf(id)])),
  );
}

/** The same people; names that look like another's get the person's tag. */
export function withDistinctNames<Id extends string, P extends { name: string }>(
  people: ReadonlyMap<Id, P>,
): ReadonlyMap<Id, P> {
  const tags = tagsOf(people);
  if (tags.size === 0) return people;
  return new Map(
    [...people].map(([id, person]) => {
      const tag = tags.get(id);
      return [id, tag === undefined ? person : { ...person, name: `${person.name} (${tag})` }];
    }),
  );
}
