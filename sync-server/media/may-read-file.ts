import type { UserId } from '#protocol/ids.ts';
import type { ReadMessage } from '#server/streams/readable-message.ts';
import type { MediaRow } from './media-row.ts';

/**
 * Whether this person may read a file now: anybody who may read a message that carries it, and whoever uploaded it while no
 * message carries it yet. [MD6] [SEC-64]
 */
export function createMayReadFile(readMessage: ReadMessage) {
  return async (user: UserId, row: MediaRow): Promise<boolean> => {
    if (row.claims.length === 0) return row.owner === user;
    for (const { stream, messageId } of row.claims.toReversed()) {
      const message = await readMessage(user, stream, messageId);
      if (typeof message !== 'string' && message.attachments.some(({ mediaId }) => mediaId === row._id)) return true;
    }
    return false;
  };
}
