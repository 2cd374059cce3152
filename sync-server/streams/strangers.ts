import type { UserId } from '#protocol/ids.ts';
import { isStranger } from '#protocol/policies.ts';
import { chunks } from './chunks.ts';
import type { MembershipsOf } from './memberships-of.ts';

/** Tells to which people somebody who starts a chat with them, or adds them to one, is a stranger. [RQ1] */
export interface Strangers {
  among(people: readonly UserId[], by: UserId): Promise<ReadonlySet<UserId>>;
}

/** For a server on which everybody may start a chat with anybody. */
export const noStrangers: Strangers = { among: () => Promise.resolve(new Set()) };

/** Called only when somebody is added to a chat, so that nothing else becomes slower. */
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
