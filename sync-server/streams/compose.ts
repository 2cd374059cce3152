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
  const versions: Held[] = [];
  const entries: Entry[] = [];
  // Loops and assignments: this is done for every message, and spreads made most of its cost.
  for (const [at, draft] of drafts.entries()) {
    const version = versionOf(draft, partKey(root, at + 1), state.tail + 1 + at);
    versions.push(version);
    entries.push(entryOf(version, task, state.stream, { part: at + 1, of: drafts.length, at: now }));
  }
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

function entryOf(
  { record, key, first, hidden }: Held,
  { user, named }: Task,
  stream: StreamId,
  { part, of, at }: Pick<Entry, 'part' | 'of' | 'at'>,
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
  const version = { record: { ...record, rev }, key, first, hidden: nothingHidden };
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
