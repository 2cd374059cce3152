import type { UserId } from '#protocol/ids.ts';

/** What member records say of a person. */
export interface Profile {
  name: string;
  avatar?: string;
}

/** Who exists: given to streams by whoever keeps accounts. Unknown ids are absent from the answer. */
export interface People {
  find(ids: readonly UserId[]): Promise<Map<UserId, Profile>>;
}
