import { sortedByName } from '#protocol/fold.ts';
import type { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { blockedPeople } from './blocked.ts';
import { draftOf } from './drafts.ts';
import type { ConversationRow, Reading } from './local-store.ts';
import type { Rows, StoredConversation } from './rows.ts';
import { heldRuns } from './runs.ts';
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
    membersAt: async (keys) => (await rows.members.bulkGet([...keys])).filter((found) => found !== undefined),
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
    messages: async (stream, { fromSeq = 0, toSeq = Number.MAX_SAFE_INTEGER, limit = Number.MAX_SAFE_INTEGER }) => {
      const row = await rows.conversations.get(stream);
      let found: MessageRecord[] = [];
      for (const [first, last] of row === undefined ? [] : heldRuns(row).toReversed()) {
        const [from, to] = [Math.max(fromSeq, first), Math.min(toSeq, last)];
        if (from > to || found.length >= limit) continue;
        const left = limit === Number.MAX_SAFE_INTEGER ? undefined : limit - found.length;
        const read = await rows.messagesOf(stream, from, to, left);
        found = found.length === 0 ? read : [...read, ...found];
      }
      return found;
    },
    messagesAt: async (keys) => (await rows.messages.bulkGet([...keys])).filter((found) => found !== undefined),
    messagesAfter: async (stream, rev) => rows.messagesAfter(stream, rev),
    epoch: async () => (await rows.facts.get('epoch'))?.value,
    cursors: async () => {
      const held = await rows.cursors.toArray();
      return Object.fromEntries(held.map(({ stream, rev }) => [stream, rev])) as Record<StreamId, number>;
    },
    message: async (stream, id) => rows.messageById(stream, id),
    outbox: async (stream) => rows.outboxOf(stream),
    sending: async (id) => rows.sendings.get(id),
    draft: async (stream) => {
      const { text, version } = await draftOf(rows, stream);
      return { text, version };
    },
    edits: async (stream) => (await rows.edits.toArray()).filter((edit) => edit.stream === (stream ?? edit.stream)),
    scheduled: async (stream) =>
      (await rows.scheduled.toArray()).flatMap(({ message }) => (message?.conversation === stream ? message : [])),
    blocked: () => blockedPeople(rows),
    drafts: async () =>
      new Map((await rows.drafts.toArray()).map(({ stream, text }): [ConversationId, string] => [stream, text])),
  };
}

/** The row as read: the person's own mark counts as soon as it is made. */
function shown(stored: StoredConversation): ConversationRow {
  const { ownRead: _mark, counted: _counted, ...row } = stored;
  return row.membership === undefined ? row : { ...row, membership: { ...row.membership, readSeq: readSeqOf(stored) } };
}
