import { type StreamId, isConversation, personalStream } from '#protocol/ids.ts';
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
  readers: readonly Reader[];
  membershipRev: number;
  /** Absent for most. */
  left?: Left;
}

/** What an op leaves to do when its first entry is durable. */
export interface Left {
  plan: Plan;
  /** Keys of the versions replaced. */
  old: string[];
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
  const { tail } = state;
  const root = task.key ?? `${state.stream}/${tail + 1}`;
  const entries: Entry[] = [];
  const records: KnownRecord[] = [];
  let left = decision.shares === true ? leftOf(decision) : undefined;
  // One loop and assignments: this is done for every message, and spreads and closures made most of its cost.
  for (let at = 0; at < drafts.length; at++) {
    const draft = drafts[at] as Draft;
    const version = versionOf(draft, partKey(root, at + 1), tail + 1 + at);
    const entry = entryOf(version, task, state.stream, at + 1, drafts.length, now);
    records.push(version.record);
    entries.push(entry);
    if (at > 0) (left ??= leftOf(decision)).plan.parts.push(entry);
    if (draft.projects !== undefined)
      (left ??= leftOf(decision)).plan.projections.push(
        projection(root, version.record as MemberRecord, draft.projects.startSeq),
      );
    if (draft.replaces !== undefined) (left ??= leftOf(decision)).old.push(draft.replaces.key);
    state.take(version);
  }
  const composed: Composed = {
    task,
    entries,
    records,
    readers: state.readers(),
    membershipRev: state.membershipRev,
  };
  if (left === undefined) return composed;
  const { plan, old } = left;
  const first = entries[0] as Entry;
  if (plan.parts.length > 0 || plan.projections.length > 0) first.plan = JSON.stringify(plan);
  if (old.length > 0) first.old = old;
  first.pending = true;
  composed.left = left;
  return composed;
}

function leftOf({ wipes, shares }: Extract<Decision, { effect: 'write' }>): Left {
  return { plan: { parts: [], projections: [] }, old: [], wipes: wipes === true, shares: shares === true };
}

function entryOf(
  { record, key, first, hidden }: Held,
  { user, named }: Task,
  stream: StreamId,
  part: number,
  of: number,
  at: number,
): Entry {
  const entry: Entry = {
    _id: key,
    stream,
    rev: record.rev,
    user,
    part,
    of,
    type: record.type,
    id: record.id,
    current: true,
    at,
    body: JSON.stringify(record),
  };
  if (named !== stream && isConversation(named)) entry.for = named;
  if (record.type === 'message') entry.seq = record.seq;
  if (first) entry.first = true;
  return hidden === nothingHidden ? entry : Object.assign(entry, hidden);
}

const nothingHidden: Hidden = Object.freeze({});

function versionOf({ record, hidden, room, replaces }: Draft, key: string, rev: number): Held {
  const first = record.type === 'message' && replaces === undefined;
  // A draft is made for one op and nobody else's: it becomes the record, a copy would cost every message.
  const version = { record: Object.assign(record, { rev }), key, first, hidden: nothingHidden };
  if (hidden === undefined && room === undefined) return version;
  const joins = room !== undefined && 'joins' in room;
  version.hidden = hiddenOf({ ...hidden, ...(room && { room: rev }), ...(joins && { join: rev }) });
  return version;
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
