import type { UserId } from '#protocol/ids.ts';
import { isStranger } from '#protocol/policies.ts';
import { chunks } from './chunks.ts';
import type { MembershipsOf } from './memberships-of.ts';

/** Tells to whom somebody is a stranger who begins a chat with them, or adds them to one. [RQ1] */
export interface Strangers {
  among(people: readonly UserId[], by: UserId): Promise<ReadonlySet<UserId>>;
}

/** Where everybody may begin a chat with anybody. */
export const noStrangers: Strangers = { among: () => Promise.resolve(new Set()) };

/** Asked only when somebody gets into a chat, so that nothing else costs more. */
export function createStrangers(membershipsOf: MembershipsOf): Strangers {
  return {
    async among(people, by) {
      const ofOther = new Set((await membershipsOf(by)).present);
      const strangers = new Set<UserId>();
      for (const some of chunks(people))
        await Promise.all(
          some.map(async (person) => {
            if (isStranger((await membershipsOf(person)).accepted, ofOther)) strangers.add(person);
          }),
        );
      return strangers;
    },
  };
}
