import type { UserId } from '#protocol/ids.ts';

/** What member records hold about a person. */
export interface Profile {
  name: string;
  avatar?: string;
  /** What they say about themselves. [RC6] */
  about?: string;
}

/** Looks people up in the accounts. Unknown ids are absent from the result. */
export interface People {
  find(ids: readonly UserId[]): Promise<Map<UserId, Profile>>;
}

/** Only the fields that are known, so that records have no empty ones. */
export function profileFields({ name, avatar, about }: Profile): Profile {
  return { name, ...(avatar === undefined ? {} : { avatar }), ...(about === undefined ? {} : { about }) };
}
