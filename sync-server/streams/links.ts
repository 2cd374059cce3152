import type { ConversationId, UserId } from '#protocol/ids.ts';

/**
 * A link to a group, with the reasons not to accept it that the link itself shows; the rules check the rest against the group's
 * state.
 */
export interface FoundLink {
  createdBy: UserId;
  obstacle?: 'expired' | 'used-up' | 'revoked';
}

/** The links to groups, for the rule of joining. [GL3] */
export interface Links {
  /**
   * Undefined for a token that no link to this group has. A person who has joined by a link may use it again, even if it is used
   * up for others.
   */
  find(token: string, stream: ConversationId, user: UserId): Promise<FoundLink | undefined>;
  /**
   * Counts this person's use, once however often it is called. False if the link has stopped working meanwhile. It is durable
   * when it resolves, and is called before the member's entry is written, so that no crash lets in more people than the link
   * allows.
   */
  use(token: string, user: UserId): Promise<boolean>;
}

/** For a server on which no link can have been made. */
export const noLinks: Links = {
  find: () => Promise.resolve(undefined),
  use: () => Promise.resolve(false),
};
