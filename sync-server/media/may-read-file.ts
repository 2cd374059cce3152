import type { ConversationId, MediaId, StreamId, UserId } from '#protocol/ids.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import type { ReadMessage } from '#server/streams/readable-message.ts';
import type { MediaRow } from './media-row.ts';
import { carriesFile } from './scheduled-files.ts';

/**
 * Whether this person may read a file now: everybody who may read a message that carries it may, and so may the person who
 * uploaded it, while no message carries it yet, or while their own scheduled message with it waits. The picture of a person is as
 * public as their name, and that of a group is for its members. [MD6] [MD12] [SEC-64]
 */
export function createMayReadFile(
  readMessage: ReadMessage,
  isPicture: (stream: StreamId, id: MediaId) => Promise<boolean>,
  isMember: (user: UserId, stream: ConversationId) => Promise<boolean>,
  scheduledOf: (user: UserId) => Promise<ScheduledMessage[]>,
) {
  async function seesPicture(user: UserId, stream: StreamId, id: MediaId): Promise<boolean> {
    if (!stream.startsWith('u:') && !(await isMember(user, stream as ConversationId))) return false;
    return isPicture(stream, id);
  }

  return async (user: UserId, row: MediaRow): Promise<boolean> => {
    if (row.claims.length === 0) return row.owner === user;
    for (const { stream, messageId } of row.claims.toReversed()) {
      if (messageId === undefined) {
        if (await seesPicture(user, stream, row._id)) return true;
        continue;
      }
      const message = await readMessage(user, stream as ConversationId, messageId);
      if (typeof message !== 'string' && message.attachments.some(({ mediaId }) => mediaId === row._id)) return true;
      const mayWait = message === 'no such message' && row.owner === user;
      if (mayWait && carriesFile(await scheduledOf(user), messageId, row._id)) return true;
    }
    return false;
  };
}
