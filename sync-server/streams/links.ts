import type { ConversationId, UserId } from '#protocol/ids.ts';

/** A link to a group. Why it does not work is known from the link alone; the rules ask the rest of the group's state. */
export interface FoundLink {
  createdBy: UserId;
  obstacle?: 'expired' | 'used-up' | 'revoked';
}

/** The links to groups, as the rule of joining uses them. [GL3] */
export interface Links {
  /** Undefined for a token that no link to this group has. Whoever has joined by a link may use it again: it is not used up for them. */
  find(token: string, stream: ConversationId, user: UserId): Promise<FoundLink | undefined>;
  /**
   * Counts this person's use, once however often it is called. False if the link has stopped working meanwhile. It is durable when it
   * resolves and comes before the member's entry, so that no crash lets in more people than the link allows.
   */
  use(token: string, user: UserId): Promise<boolean>;
}

/** Where no link can have been made. */
export const noLinks: Links = {
  find: () => Promise.resolve(undefined),
  use: () => Promise.resolve(false),
};
