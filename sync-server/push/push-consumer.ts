import { type ConversationId, type UserId, directMembers, isConversation, isDirect } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { countsAsUnread } from '#protocol/record.ts';
import type { Consumer } from '#server/followers/consumer.ts';
import { type Entry, held } from '#server/streams/entry.ts';
import type { StreamReads } from '#server/streams/stream-reads.ts';
import type { PushJobs } from './push-jobs.ts';
import type { Subscriptions } from './subscriptions.ts';

interface ConsumerParts {
  subscriptions: Pick<Subscriptions, 'hasAny' | 'ofPeople'>;
  jobs: Pick<PushJobs, 'queue'>;
  reads: Pick<StreamReads, 'readersOf'>;
  now: () => number;
  /** How long a push waits for a read mark, and for more messages of its chat. */
  waitMs: number;
  onQueued: (dueAt: number) => void;
  /** Other servers may take turns in following the streams. */
  isShared: boolean;
}

/** The number of groups whose readers are remembered, each with at most a thousand names. */
const MAX_REMEMBERED = 100;

/** For a new message, queues a push for every device of everybody who may read it and did not write it. [PU3] */
export function createPushConsumer(parts: ConsumerParts): Consumer {
  const { subscriptions, jobs, reads, now, waitMs, onQueued, isShared } = parts;
  /**
   * Always up to date, because every change of members passes through here. This pays off for large groups, whose members don't
   * change with each receipt.
   */
  const remembered = new Map<ConversationId, readonly UserId[]>();
  return {
    name: 'push',
    from: 'now',
    async handle(stream, entries) {
      if (!isConversation(stream)) return;
      if (entries.some(({ type }) => type === 'member')) remembered.delete(stream);
      if (!entries.some(isNewMessage) || !(await subscriptions.hasAny())) return;
      const messages = entries.flatMap(newMessage);
      const dueAt = now() + waitMs;
      const readers = await readersOf(stream);
      const devices = await subscriptions.ofPeople(readers);
      const pushes = devices.flatMap(({ device, userId }) => {
        const last = messages.findLast((message) => countsAsUnread(message, userId));
        return last === undefined ? [] : { device, userId, stream, seq: last.seq };
      });
      if (pushes.length === 0) return;
      await jobs.queue(pushes, dueAt);
      onQueued(dueAt);
    },
  };

  /** Whether they may read the messages is checked when they are pushed. */
  async function readersOf(stream: ConversationId): Promise<readonly UserId[]> {
    if (isDirect(stream)) return directMembers(stream);
    const known = remembered.get(stream);
    if (known !== undefined) return known;
    const readers = (await reads.readersOf(stream)).readers.map(({ userId }) => userId);
    if (isShared) return readers;
    remembered.set(stream, readers);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MAX_REMEMBERED) break;
      remembered.delete(oldest);
    }
    return readers;
  }
}

const isNewMessage = ({ type, isFirst }: Entry) => type === 'message' && isFirst === true;

function newMessage(entry: Entry): MessageRecord[] {
  if (!isNewMessage(entry)) return [];
  const record = held(entry)?.record;
  return record?.type === 'message' ? [record] : [];
}
