import type { UserId } from '#protocol/ids.ts';
import type { People } from '#server/streams/people.ts';

export const [ann, bob, eve, dan] = ['ann', 'bob', 'eve', 'dan'] as [UserId, UserId, UserId, UserId];

export function peopleOf(names: Map<UserId, string>): People {
  return {
    find: (ids) =>
      Promise.resolve(new Map(ids.flatMap((id) => (names.has(id) ? [[id, { name: names.get(id) as string }]] : [])))),
  };
}
