import { type ConversationId, type StreamId, type UserId, directStream, isConversation } from '#protocol/ids.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { createJoinedReads } from './coalesced-reads.ts';

export interface Circles {
  /** Whether two people are in one conversation now; oneself always. */
  share(a: UserId, b: UserId): Promise<boolean>;
  /** A step of somebody's own stream; whether he came somewhere or left. */
  delivered(announcement: Announcement): UserId | undefined;
  /** His own stream moved without this server being told how. */
  forget(userId: UserId): void;
}

interface Circle {
  conversations: Set<ConversationId>;
  /** Monotonic. */
  at: number;
}

/** Names of people and their conversations kept in all: of 4,000 people with 50 each. */
const MAX_NAMES = 200_000;
/** News between servers may be lost: then this is how long one may be wrong. */
const FRESH_MS = 30_000;

/** Who is in which conversations, as far as it was asked for: from people's own streams, kept up by their changes. */
export function createCircles(conversationsOf: (userId: UserId) => Promise<readonly ConversationId[]>): Circles {
  const circles = new Map<UserId, Circle>();
  let names = 0;

  function drop(userId: UserId): void {
    const circle = circles.get(userId);
    if (circle === undefined) return;
    names -= circle.conversations.size + 1;
    circles.delete(userId);
  }

  function put(userId: UserId, conversations: Set<ConversationId>): void {
    drop(userId);
    circles.set(userId, { conversations, at: performance.now() });
    names += conversations.size + 1;
    for (const oldest of circles.keys()) {
      if (names <= MAX_NAMES || oldest === userId) break;
      drop(oldest);
    }
  }

  const reads = createJoinedReads(async (userId: UserId) => new Set(await conversationsOf(userId)), put);

  async function of(userId: UserId): Promise<Set<ConversationId>> {
    const found = circles.get(userId);
    if (found !== undefined && performance.now() - found.at < FRESH_MS) return found.conversations;
    return reads.read(userId);
  }

  return {
    async share(a, b) {
      if (a === b) return true;
      const his = await of(a);
      if (his.has(directStream(a, b))) return true;
      const hers = await of(b);
      const [few, many] = his.size < hers.size ? [his, hers] : [hers, his];
      for (const conversation of few) if (many.has(conversation)) return true;
      return false;
    },
    delivered({ stream, records }) {
      if (isConversation(stream)) return undefined;
      const userId = ownerOf(stream);
      reads.forget(userId);
      const circle = circles.get(userId)?.conversations;
      let hasChanged = false;
      for (const record of records) {
        if (record.type !== 'membership') continue;
        const { conversation, leftAt } = record;
        if (circle === undefined) hasChanged = true;
        else if (circle.has(conversation) === (leftAt === undefined)) continue;
        else if (leftAt === undefined) {
          circle.add(conversation);
          names++;
        } else {
          circle.delete(conversation);
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

/** Whose own stream it is. */
export function ownerOf(stream: StreamId): UserId {
  return stream.slice(2) as UserId;
}
