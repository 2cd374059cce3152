import { sortedByName } from '#protocol/fold.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { draftOf } from './drafts.ts';
import type { ConversationRow, Reading } from './local-store.ts';
import type { Rows, StoredConversation } from './rows.ts';
import { readSeqOf } from './unread.ts';

/** Reads rows inside a transaction. */
export function readingOver(rows: Rows, userId: UserId): Reading {
  return {
    conversations: async () => (await rows.conversations.toArray()).map(shown),
    conversation: async (stream) => {
      const row = await rows.conversations.get(stream);
      return row === undefined ? undefined : shown(row);
    },
    conversationsOf: async (streams) =>
      (await rows.conversations.bulkGet([...streams])).filter((row) => row !== undefined).map(shown),
    conversationsAfter: async (stream, limit) => (await rows.conversationsAfter(stream, limit)).map(shown),
    members: async (stream) => rows.membersOf(stream),
    people: async (ids) => {
      const found = await rows.people.bulkGet([...ids]);
      return new Map(found.flatMap((person) => (person === undefined ? [] : [[person.id, person]])));
    },
    knownPeople: async () =>
      sortedByName(
        (await rows.people.toArray())
          .filter((person) => person.id !== userId)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        ({ name }) => name,
      ),
    messages: async (stream, { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER, limit }) => {
      const start = (await rows.conversations.get(stream))?.historyStart ?? 0;
      return start === 0 ? [] : rows.messagesOf(stream, Math.max(fromSeq, start), toSeq, limit);
    },
    message: async (stream, id) => rows.messageById(stream, id),
    outbox: async (stream) => rows.outboxOf(stream),
    draft: async (stream) => {
      const { text, version } = await draftOf(rows, stream);
      return { text, version };
    },
    edits: async (stream) => (await rows.edits.toArray()).filter((edit) => edit.stream === stream),
    drafts: async () =>
      new Map((await rows.drafts.toArray()).map(({ stream, text }): [ConversationId, string] => [stream, text])),
  };
}

/** The row as read: the person's own mark counts as soon as it is made. */
function shown(stored: StoredConversation): ConversationRow {
  const { ownRead: _mark, counted: _counted, ...row } = stored;
  return row.membership === undefined ? row : { ...row, membership: { ...row.membership, readSeq: readSeqOf(stored) } };
}
