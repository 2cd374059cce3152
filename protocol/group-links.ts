import * as v from 'valibot';
import { ConversationId, UserId } from './ids.ts';
import { MAX_LINK_DAYS, MAX_LINK_USES } from './limits.ts';
import { Count, Instant, Positive, strict } from './shape.ts';

/*
 * Links that let people join a group by themselves: `/join/<token>`. Admins make and revoke them over HTTP; joining is the op
 * `member.join`. [GL1]
 */

export const GROUP_LINKS_PATH = '/api/group-links';

/** 18 random bytes. The server keeps only a hash. */
export const LinkToken = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{24}$/));

/** The body of `POST /api/group-links`. */
export const NewLink = strict({
  stream: ConversationId,
  /** How long it works. */
  days: v.pipe(Positive, v.maxValue(MAX_LINK_DAYS)),
  /** How many people may join by it; if absent, as many as a link may let in at most. */
  maxUses: v.optional(v.pipe(Positive, v.maxValue(MAX_LINK_USES))),
});
export type NewLink = v.InferOutput<typeof NewLink>;

/** A link that still works, as the admins of its group see it. */
export const OpenLink = v.object({
  id: v.string(),
  createdBy: UserId,
  createdAt: Instant,
  expiresAt: Instant,
  /** How many people joined by it. */
  uses: Count,
  maxUses: Positive,
});
export type OpenLink = v.InferOutput<typeof OpenLink>;

export const OpenLinks = v.object({ links: v.array(OpenLink) });

/** The answer to the person who makes a link, which is the only one that contains the token. */
export const MadeLink = v.object({ ...OpenLink.entries, token: LinkToken });
export type MadeLink = v.InferOutput<typeof MadeLink>;

/** Why a link does not work, at all or for this person. */
export const LinkObstacle = v.picklist(['expired', 'used-up', 'revoked', 'removed', 'full']);
export type LinkObstacle = v.InferOutput<typeof LinkObstacle>;

/** The answer to `POST /api/group-links/look`: for a link that does not work, it contains only the reason. */
export const LinkPreview = v.union([
  v.object({
    stream: ConversationId,
    title: v.optional(v.string()),
    memberCount: Count,
    isMember: v.boolean(),
  }),
  v.object({ obstacle: LinkObstacle }),
]);
export type LinkPreview = v.InferOutput<typeof LinkPreview>;
