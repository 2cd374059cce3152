import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MemberRecord } from '#protocol/record.ts';
import type { EntryStore } from './entry-store.ts';
import { type Held, held } from './entry.ts';

/** What the links to a group need to know about it: its name, who is in it, and who was removed by somebody else. */
export type WholeGroup = (stream: ConversationId) => Promise<
  | {
      title?: string;
      present: ReadonlyMap<UserId, Pick<MemberRecord, 'role'>>;
      removed: ReadonlySet<UserId>;
    }
  | undefined
>;

/** Read from the store, because every cache may be stale. [RA1] */
export function createWholeGroup(store: EntryStore): WholeGroup {
  return async (stream) => {
    let conversation: { title?: string | undefined; rev: number } | undefined;
    const newest = new Map<UserId, Held<MemberRecord>>();
    for (const entry of await store.current(stream, ['conversation', 'member'])) {
      const version = held(entry);
      const record = version?.record;
      if (record?.type === 'conversation' && record.rev > (conversation?.rev ?? 0)) conversation = record;
      if (record?.type === 'member' && record.rev > (newest.get(record.userId)?.record.rev ?? 0))
        newest.set(record.userId, version as Held<MemberRecord>);
    }
    if (conversation === undefined) return undefined;
    const { title } = conversation;
    const members = [...newest.values()];
    const present = members.filter(({ record }) => record.leftAt === undefined);
    const removed = members.filter(
      ({ record, hidden }) => record.leftAt !== undefined && hidden.removedBy !== undefined,
    );
    return {
      ...(title === undefined ? {} : { title }),
      present: new Map(present.map(({ record }) => [record.userId, record])),
      removed: new Set(removed.map(({ record }) => record.userId)),
    };
  };
}
