import { isArchived } from '#protocol/policies.ts';
import {
  type ConversationId,
  type StreamId,
  type UserId,
  isDirect,
  membershipRecordId,
  personalStream,
} from '#protocol/ids.ts';
import { mayRead } from '#protocol/policies.ts';
import { shownOf } from '#protocol/push.ts';
import { type MembershipRecord, countsAsUnread } from '#protocol/record.ts';
import type { Blocks } from '#server/streams/blocks.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { held } from '#server/streams/entry.ts';
import type { StreamReads } from '#server/streams/stream-reads.ts';
import { gatheredReads } from './gathered-reads.ts';
import type { Notified } from './payload.ts';
import type { PushJob } from './push-jobs.ts';
import type { Subscription } from './subscriptions.ts';

export interface DecisionParts {
  entries: Pick<EntryStore, 'current' | 'messages' | 'records'>;
  reads: Pick<StreamReads, 'readersOf'>;
  now: () => number;
  blocks: Pick<Blocks, 'has'>;
}

/**
 * `shown`: the chats of which the device may show a notification. `mentionsPass`: mentions are pushed even if the person muted
 * the chat.
 */
export type DecidePush = (
  job: PushJob,
  shown: readonly PushJob[],
  subscription: Pick<Subscription, 'show' | 'isSilent' | 'origin'>,
  mentionsPass: boolean,
) => Promise<Decided | undefined>;

interface Decided {
  notified: Notified;
  /** The chats of `shown` that the push reports as read. */
  closes: PushJob[];
}

/** Only the newest message is pushed; more are read because the newest may have been deleted. */
const NEWEST = 20;

/**
 * Decides what to push for a job; undefined if the person has left, has read it, has muted the chat or not accepted it, or may
 * not read the messages. Everything is read from the store when the push is sent. Data that the devices of one chat share is read
 * once, so each round of pushes needs its own decisions. [PU3] [RQ2] [SEC-66]
 */
export function createPushDecisions({ entries, reads, now, blocks }: DecisionParts): DecidePush {
  const chatOf = once(async (stream: ConversationId) => {
    const names = new Map<string, { rev: number; name: string }>();
    let title: { rev: number; name: string | undefined } = { rev: 0, name: undefined };
    for (const entry of await entries.current(stream, ['conversation', 'member'])) {
      const record = held(entry)?.record;
      if (record?.type === 'conversation' && record.rev > title.rev) title = { rev: record.rev, name: record.title };
      if (record?.type === 'member' && record.rev > (names.get(record.userId)?.rev ?? 0))
        names.set(record.userId, record);
    }
    const { readers } = await reads.readersOf(stream);
    return {
      title: isDirect(stream) ? undefined : title.name,
      names,
      readers: new Map(readers.map((reader) => [reader.userId, reader])),
    };
  });
  const newestOf = once(async (stream: ConversationId, before: number) =>
    (await entries.messages(stream, { after: 0, before, limit: NEWEST, newestFirst: true })).flatMap((entry) => {
      const record = held(entry)?.record;
      return record?.type === 'message' ? [record] : [];
    }),
  );

  const membershipOf = gatheredReads(membershipsOf);

  return async (job, shown, { isSilent, origin, ...subscription }, mentionsPass) => {
    const { userId, stream, seq } = job;
    const { title, names, readers } = await chatOf(stream);
    const others = shown.filter((other) => other.stream !== stream);
    const memberships = await membershipsIn(userId, [stream, ...others.map((other) => other.stream)]);
    const reader = readers.get(userId);
    const membership = memberships.get(stream);
    if (reader === undefined || membership === undefined || membership.leftAt !== undefined) return undefined;
    if (membership.isRequest === true) return undefined;
    const isMuted = !mayNotify(membership);
    if ((isMuted && !mentionsPass) || membership.notify === 'nothing') return undefined;
    const isMention = isMuted || membership.notify === 'mentions';
    const show = shownOf(subscription.show, membership.preview);
    const after = Math.max(membership.readSeq, job.doneSeq);
    const newest = (await newestOf(stream, seq + 1)).find(
      (message) =>
        message.seq > after &&
        mayRead(reader.fromSeq, message.seq) &&
        countsAsUnread(message, userId) &&
        message.withheld !== true &&
        !blocks.has(userId, message.senderId) &&
        (!isMention || message.mentions.includes(userId)),
    );
    if (newest === undefined) return undefined;
    const isRead = (other: PushJob) => (memberships.get(other.stream)?.readSeq ?? 0) >= Math.max(1, other.doneSeq);
    const closes = others.filter(isRead);
    const attachment = show === 'text' && newest.text === '' ? newest.attachments[0]?.kind : undefined;
    const notified: Notified = {
      message: {
        version: 1,
        kind: 'message',
        userId,
        stream,
        seq,
        show,
        ...(attachment === undefined ? {} : { attachment }),
        ...(isMention ? { isMention: true as const } : {}),
        ...(isSilent === undefined ? {} : { isSilent }),
        read: Object.fromEntries(closes.map((other) => [other.stream, memberships.get(other.stream)?.readSeq ?? 0])),
      },
      origin,
      unread: unreadIn(memberships, [...others, job]),
      newest,
      sender: names.get(newest.senderId)?.name ?? '',
      title,
    };
    return { notified, closes };
  };

  async function membershipsIn(userId: UserId, streams: readonly ConversationId[]) {
    const found = await Promise.all(streams.map((stream) => membershipOf({ userId, stream })));
    return new Map<StreamId, MembershipRecord>(
      found.flatMap((membership) => (membership === undefined ? [] : [[membership.conversation, membership]])),
    );
  }

  async function membershipsOf(wanted: readonly { userId: UserId; stream: ConversationId }[]) {
    const ids = wanted.map(({ userId, stream }) => membershipRecordId(userId, stream));
    const records = wanted.map(({ userId }, at) => ({ stream: personalStream(userId), id: ids[at] as string }));
    const newest = new Map<string, MembershipRecord>();
    for (const entry of await entries.records('membership', records)) {
      const record = held(entry)?.record;
      if (record?.type === 'membership' && record.rev > (newest.get(record.id)?.rev ?? 0))
        newest.set(record.id, record);
    }
    return ids.map((id) => newest.get(id));
  }

  function mayNotify({ leftAt, isRequest, mutedUntil }: MembershipRecord): boolean {
    return leftAt === undefined && isRequest !== true && (mutedUntil === undefined || Date.parse(mutedUntil) <= now());
  }

  /** An estimate for browsers that show the number themselves; the app's worker counts its own rows. */
  function unreadIn(memberships: ReadonlyMap<StreamId, MembershipRecord>, jobs: readonly PushJob[]): number {
    let count = 0;
    for (const { stream, seq } of jobs) {
      const membership = memberships.get(stream);
      if (membership !== undefined && mayNotify(membership) && !isArchived(membership, seq, false))
        count += Math.max(0, seq - membership.readSeq);
    }
    return count;
  }
}

/** Remembers each answer by its arguments. */
function once<Args extends readonly (string | number)[], Result>(ask: (...args: Args) => Promise<Result>) {
  const answers = new Map<string, Promise<Result>>();
  return (...args: Args): Promise<Result> => {
    const key = args.join(' ');
    const answer = answers.get(key) ?? ask(...args);
    answers.set(key, answer);
    return answer;
  };
}
