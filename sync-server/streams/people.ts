import type { UserId } from '#protocol/ids.ts';

/** What member records hold about a person. */
export interface Profile {
  name: string;
  avatar?: string;
}

/** Looks people up in the accounts. Unknown ids are absent from the result. */
export interface People {
  find(ids: readonly UserId[]): Promise<Map<UserId, Profile>>;
}
