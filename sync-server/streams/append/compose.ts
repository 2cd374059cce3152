import { type StreamId, isConversation, personalStream } from '#protocol/ids.ts';
import type { KnownRecord, MemberRecord } from '#protocol/record.ts';
import type { Reader } from '#server/streams/announcement.ts';
import type { Decision, Draft } from '#server/streams/decision.ts';
import {
  type Entry,
  type Held,
  type Hidden,
  type Plan,
  type Projection,
  hiddenOf,
  partKey,
} from '#server/streams/entry.ts';
import type { StreamState } from '#server/streams/stream-state.ts';
import type { Task } from './task.ts';

/** An op ready to be stored: its entries with their revs, and the work that follows once they are durable. */
export interface ComposedOp {
  task: Task;
  entries: Entry[];
  records: KnownRecord[];
  readers: readonly Reader[];
  membershipRev: number;
  /** Absent for most ops. */
  followUp?: FollowUp;
}

/** What remains to be done once an op's first entry is durable. */
export interface FollowUp {
  plan: Plan;
  /** Keys of the versions that the op replaces. */
  old: string[];
  /** The replaced content must be gone before the op is answered. */
  wipes: boolean;
  /** The op is a reading mark, which the other members are shown. */
  shares: boolean;
}

/** Starts an op's follow-up and says what has to wait for it. The op is durable, so `work` may fail and is then finished later. */
export type StartFollowUp = (
  op: ComposedOp,
  followUp: FollowUp,
) => { blocks: 'nothing'; work?: undefined } | { blocks: 'answer' | 'next op'; work: Promise<unknown> };

/** Gives an op's records the revs that follow the state's tail, and adds them to the state. */
export function compose(
  task: Task,
  decision: Extract<Decision, { effect: 'write' }>,
  state: StreamState,
  now: number,
): ComposedOp {
  const { drafts } = decision;
  const { tail } = state;
  const root = task.key ?? `${state.stream}/${tail + 1}`;
  const entries: Entry[] = [];
  const records: KnownRecord[] = [];
  let followUp = decision.shares === true ? followUpOf(decision) : undefined;
  // One loop with assignments: this runs once per message, and spreads and closures were most of its cost.
  for (let at = 0; at < drafts.length; at++) {
    const draft = drafts[at] as Draft;
    const version = versionOf(draft, partKey(root, at + 1), tail + 1 + at);
    const entry = entryOf(version, task, state.stream, at + 1, drafts.length, now);
    records.push(version.record);
    entries.push(entry);
    if (at > 0) (followUp ??= followUpOf(decision)).plan.parts.push(entry);
    if (draft.projects !== undefined)
      (followUp ??= followUpOf(decision)).plan.projections.push(
        projection(root, version as Held<MemberRecord>, draft.projects),
      );
    if (draft.replaces !== undefined) (followUp ??= followUpOf(decision)).old.push(draft.replaces.key);
    state.take(version);
  }
  const composed: ComposedOp = {
    task,
    entries,
    records,
    readers: state.readers(),
    membershipRev: state.membershipRev,
  };
  if (followUp === undefined) return composed;
  const { plan, old } = followUp;
  const first = entries[0] as Entry;
  if (plan.parts.length > 0 || plan.projections.length > 0) first.plan = JSON.stringify(plan);
  if (old.length > 0) first.replaced = old;
  first.pending = true;
  composed.followUp = followUp;
  return composed;
}

function followUpOf({ wipes, shares }: Extract<Decision, { effect: 'write' }>): FollowUp {
  return { plan: { parts: [], projections: [] }, old: [], wipes: wipes === true, shares: shares === true };
}

function entryOf(
  { record, key, isFirst, hidden }: Held,
  { user, named }: Task,
  stream: StreamId,
  part: number,
  partCount: number,
  storedAt: number,
): Entry {
  const entry: Entry = {
    _id: key,
    stream,
    rev: record.rev,
    user,
    part,
    partCount,
    type: record.type,
    id: record.id,
    current: true,
    storedAt,
    body: JSON.stringify(record),
  };
  if (named !== stream && isConversation(named)) entry.named = named;
  if (record.type === 'message') entry.seq = record.seq;
  if (isFirst) entry.isFirst = true;
  return hidden === nothingHidden ? entry : Object.assign(entry, hidden);
}

const nothingHidden: Hidden = Object.freeze({});

function versionOf({ record, hidden, roster, replaces }: Draft, key: string, rev: number): Held {
  const isFirst = record.type === 'message' && replaces === undefined;
  // The draft was made for this op alone, so it becomes the record itself; a copy would cost something for every message.
  const version = { record: Object.assign(record, { rev }), key, isFirst, hidden: nothingHidden };
  if (hidden === undefined && roster === undefined) return version;
  const joins = roster !== undefined && 'joins' in roster;
  version.hidden = hiddenOf({ ...hidden, ...(roster && { membershipRev: rev }), ...(joins && { joinedRev: rev }) });
  return version;
}

function projection(
  root: string,
  { record, hidden }: Held<MemberRecord>,
  { startSeq, removedBy, accepts }: NonNullable<Draft['projects']>,
): Projection {
  const { userId, stream, role, joinedAt, leftAt, rev } = record;
  if (!isConversation(stream)) throw new Error('a member record outside a conversation');
  return {
    key: `${root}/${userId}`,
    userId,
    conversation: stream,
    role,
    joinedAt,
    ...(leftAt === undefined ? {} : { leftAt }),
    ...(removedBy === undefined ? {} : { removedBy }),
    sourceRev: rev,
    ...(startSeq === undefined ? {} : { startSeq }),
    ...(hidden.isRequest === true ? { isRequest: true } : {}),
    ...(accepts === undefined ? {} : { accepts }),
  };
}

/** The stream that a projection is written to. */
export function targetOf({ userId }: Projection) {
  return personalStream(userId);
}
