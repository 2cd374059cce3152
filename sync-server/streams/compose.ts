import { isConversation, personalStream } from '#protocol/ids.ts';
import type { KnownRecord, MemberRecord } from '#protocol/record.ts';
import type { Reader } from './announcement.ts';
import type { Decision, Draft } from './decision.ts';
import { type Entry, type Held, type Hidden, type Plan, type Projection, hiddenOf, partKey } from './entry.ts';
import type { StreamState } from './stream-state.ts';
import type { Task } from './task.ts';

/** An op as it will stand: its entries at their revs, and what is left to do when they are durable. */
export interface Composed {
  task: Task;
  entries: Entry[];
  records: KnownRecord[];
  plan: Plan;
  /** Keys of the versions replaced. */
  old: string[];
  readers: readonly Reader[];
  membershipRev: number;
  wipes: boolean;
  shares: boolean;
}

/** Gives an op's records the revs after the state's tail, and takes them into the state. */
export function compose(
  task: Task,
  decision: Extract<Decision, { effect: 'write' }>,
  state: StreamState,
  now: number,
): Composed {
  const { drafts } = decision;
  const root = task.key ?? `${state.stream}/${state.tail + 1}`;
  const versions = drafts.map((draft, at) => version(draft, partKey(root, at + 1), state.tail + 1 + at));
  const entries = versions.map((held, at): Entry => {
    const { record } = held;
    return {
      _id: held.key,
      stream: state.stream,
      rev: record.rev,
      user: task.user,
      ...(task.named !== state.stream && isConversation(task.named) ? { for: task.named } : {}),
      part: at + 1,
      of: drafts.length,
      type: record.type,
      id: record.id,
      ...(record.type === 'message' ? { seq: record.seq } : {}),
      ...(held.first ? { first: true as const } : {}),
      current: true,
      at: now,
      body: JSON.stringify(record),
      ...held.hidden,
    };
  });
  const projections = drafts.flatMap((draft, at) =>
    draft.projects === undefined
      ? []
      : [projection(root, (versions[at] as Held).record as MemberRecord, draft.projects.startSeq)],
  );
  const old = drafts.flatMap(({ replaces }) => (replaces === undefined ? [] : [replaces.key]));
  const first = entries[0] as Entry;
  const plan: Plan = { parts: entries.slice(1), projections };
  if (plan.parts.length > 0 || projections.length > 0) first.plan = JSON.stringify(plan);
  if (old.length > 0) first.old = old;
  if (first.plan !== undefined || old.length > 0 || decision.shares === true) first.pending = true;
  for (const held of versions) state.take(held);
  return {
    task,
    entries,
    records: versions.map(({ record }) => record),
    plan,
    old,
    readers: state.readers(),
    membershipRev: state.membershipRev,
    wipes: decision.wipes === true,
    shares: decision.shares === true,
  };
}

function version({ record, hidden = {}, room, replaces }: Draft, key: string, rev: number): Held {
  const seen: Hidden = hiddenOf({
    ...hidden,
    ...(room === undefined ? {} : { room: rev }),
    ...(room !== undefined && 'joins' in room ? { join: rev } : {}),
  });
  return {
    record: { ...record, rev },
    key,
    first: record.type === 'message' && replaces === undefined,
    hidden: seen,
  };
}

function projection(root: string, member: MemberRecord, startSeq: number | undefined): Projection {
  const { userId, stream, role, joinedAt, leftAt, rev } = member;
  if (!isConversation(stream)) throw new Error('a member record outside a conversation');
  return {
    key: `${root}/${userId}`,
    userId,
    conversation: stream,
    role,
    joinedAt,
    ...(leftAt === undefined ? {} : { leftAt }),
    src: rev,
    ...(startSeq === undefined ? {} : { startSeq }),
  };
}

/** The stream that a projection is written to. */
export function targetOf({ userId }: Projection) {
  return personalStream(userId);
}
