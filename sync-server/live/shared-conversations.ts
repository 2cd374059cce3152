import { type ConversationId, type UserId, directStream, isConversation, ownerOf } from '#protocol/ids.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { createCoalescedReads } from './coalesced-reads.ts';

export interface SharedConversations {
  /**
   * Whether two people share a conversation now that is not a request for either of them; a person always shares one with
   * themselves. [RQ2]
   */
  haveOne(a: UserId, b: UserId): Promise<boolean>;
  /** Follows a step of a personal stream. Answers its owner if they joined, accepted or left a conversation with it. */
  follow(announcement: Announcement): UserId | undefined;
  /** A person's stream moved, and this server does not know how. */
  forget(userId: UserId): void;
}

interface Known {
  conversations: Set<ConversationId>;
  /** Monotonic. */
  at: number;
}

/** How many people and conversations are kept in total: enough for 4,000 people with 50 each. */
const MAX_NAMES = 200_000;
/** Messages between servers may be lost, and memory may then be wrong for this long. */
const FRESH_MS = 30_000;

/** The conversations of people, as far as anybody asked: read from the people's own streams and updated with their changes. */
export function createSharedConversations(
  acceptedOf: (userId: UserId) => Promise<readonly ConversationId[]>,
  hasRequests: boolean,
): SharedConversations {
  const byUser = new Map<UserId, Known>();
  let names = 0;

  function drop(userId: UserId): void {
    const known = byUser.get(userId);
    if (known === undefined) return;
    names -= known.conversations.size + 1;
    byUser.delete(userId);
  }

  function put(userId: UserId, conversations: Set<ConversationId>): void {
    drop(userId);
    byUser.set(userId, { conversations, at: performance.now() });
    names += conversations.size + 1;
    for (const oldest of byUser.keys()) {
      if (names <= MAX_NAMES || oldest === userId) break;
      drop(oldest);
    }
  }

  const reads = createCoalescedReads(async (userId: UserId) => new Set(await acceptedOf(userId)), put);

  async function of(userId: UserId): Promise<Set<ConversationId>> {
    const found = byUser.get(userId);
    if (found !== undefined && performance.now() - found.at < FRESH_MS) return found.conversations;
    return reads.read(userId);
  }

  return {
    async haveOne(a, b) {
      if (a === b) return true;
      const ofA = await of(a);
      // Without requests, one of them can tell for both.
      if (!hasRequests && ofA.has(directStream(a, b))) return true;
      const ofB = await of(b);
      const [few, many] = ofA.size < ofB.size ? [ofA, ofB] : [ofB, ofA];
      for (const conversation of few) if (many.has(conversation)) return true;
      return false;
    },
    follow({ stream, records }) {
      if (isConversation(stream)) return undefined;
      const userId = ownerOf(stream);
      reads.forget(userId);
      const conversations = byUser.get(userId)?.conversations;
      let hasChanged = false;
      for (const record of records) {
        if (record.type !== 'membership') continue;
        const { conversation, leftAt, isRequest } = record;
        const isAccepted = leftAt === undefined && isRequest !== true;
        if (conversations === undefined) hasChanged = true;
        else if (conversations.has(conversation) === isAccepted) continue;
        else if (isAccepted) {
          conversations.add(conversation);
          names++;
        } else {
          conversations.delete(conversation);
          names--;
        }
        hasChanged = true;
      }
      return hasChanged ? userId : undefined;
    },
    forget(userId) {
      reads.forget(userId);
      drop(userId);
    },
  };
}
