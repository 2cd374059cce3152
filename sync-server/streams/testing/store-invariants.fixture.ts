import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { KnownRecord, MemberRecord, MembershipRecord, MessageRecord } from '#protocol/record.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { type Entry, isMarker } from '#server/streams/entry.ts';
import type { MemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { checkRequests } from './request-invariants.fixture.ts';

/** An op that somebody has made. */
export interface MadeOp {
  id: OpId;
  user: UserId;
  stream: ConversationId;
}

/** What people did and were answered, which the store must agree with. */
export interface Happened {
  sent: readonly MadeOp[];
  /** The texts of sent messages. None is part of another. */
  texts: ReadonlyMap<OpId, string>;
  /** The ops by which people accepted a chat that a stranger had started. */
  accepts: readonly MadeOp[];
  /** Where an op was stored, by what its sender was answered. */
  answers: ReadonlyMap<string, { stream: string; seq: number | undefined }>;
  /** The answers after which no copy of the op may be answered otherwise. */
  finals: ReadonlyMap<string, OpResult>;
}

/** Somebody who has pulled everything. */
export interface CaughtUp {
  userId: UserId;
  /** The chats that they are in. */
  chats: readonly ConversationId[];
  held: ReadonlyMap<string, KnownRecord>;
  /** The seq of the first message that each stream began with. */
  windows: ReadonlyMap<string, number>;
}

/** What is wrong once every op is answered, nothing is half done, and the reader has caught up. */
export function checkStore(memory: MemoryEntryStore, happened: Happened, reader: CaughtUp) {
  const stored = memory.dump().filter((one): one is Entry => !isMarker(one));
  const current = new Map(stored.filter((entry) => entry.current).map((entry) => [entry.id, recordOf(entry)]));
  const messages = [...current.values()].filter((record): record is MessageRecord => record.type === 'message');
  const members = [...current.values()].filter((record): record is MemberRecord => record.type === 'member');
  const { accepts } = happened;
  const requests = checkRequests({ stored, members, current, messages, accepts, stays: reader.userId });
  const violations = [
    ...orderOf(stored),
    ...(stored.some(({ pending }) => pending === true) ? ['[AP9] something is still half done'] : []),
    ...answered(memory, messages, happened),
    ...deleted(memory, messages, happened),
    ...memberships(members, current),
    ...requests.violations,
    ...readBy(reader, current),
  ];
  return { violations, acceptances: requests.acceptances };
}

function recordOf({ body }: Entry): KnownRecord {
  return JSON.parse(body as string) as KnownRecord;
}

/** Revs and seqs of each stream have no holes, and one entry of each record is the current one. */
function* orderOf(stored: readonly Entry[]): Iterable<string> {
  for (const stream of new Set(stored.map((entry) => entry.stream))) {
    const ofStream = stored.filter((entry) => entry.stream === stream);
    const revs = ofStream.map(({ rev }) => rev).sort((a, b) => a - b);
    if (revs.some((rev, at) => rev !== at + 1)) yield `[ST2] ${stream} has a hole: ${revs.join(' ')}`;
    const seqs = ofStream
      .filter(({ isFirst }) => isFirst)
      .map(({ seq }) => seq as number)
      .sort((a, b) => a - b);
    if (seqs.some((seq, at) => seq !== at + 1)) yield `[ST3] ${stream} has seqs ${seqs.join(' ')}`;
  }
  const current = new Set<string>();
  for (const { id } of stored.filter((entry) => entry.current)) {
    if (current.has(id)) yield `[ST1] ${id} is current twice`;
    current.add(id);
  }
}

/** What was acknowledged is stored once, where its sender was told; what was refused finally is not. */
function* answered(
  memory: MemoryEntryStore,
  messages: readonly MessageRecord[],
  { sent, texts, answers, finals }: Happened,
): Iterable<string> {
  for (const { id } of sent) {
    const copies = messages.filter((record) => record.id === id);
    const answer = answers.get(id);
    if (copies.length > 1) yield `[AP2] ${id} exists ${copies.length} times`;
    if (answer !== undefined && copies[0]?.seq !== answer.seq)
      yield `[AP1] ${id} was acknowledged at ${answer.seq} and is stored at ${copies[0]?.seq}`;
    if (finals.get(id)?.ok === false && copies.length > 0) yield `[AP8] ${id} was refused finally and exists`;
  }
  const ids = new Set(memory.dump().map(({ _id }) => _id));
  for (const id of answers.keys()) {
    // An op without effect need not be remembered. Only sends always have an effect.
    const isRepeatable = !texts.has(id as OpId);
    if (!isRepeatable && finals.get(id)?.ok === true && !ids.has(id)) yield `[AP1] ${id} was acknowledged and is gone`;
  }
}

function* deleted(memory: MemoryEntryStore, messages: readonly MessageRecord[], { texts }: Happened): Iterable<string> {
  const everything = JSON.stringify(memory.dump());
  for (const { id, deletedAt } of messages) {
    const text = texts.get(id);
    if (deletedAt !== undefined && text !== undefined && everything.includes(text))
      yield `[RC2] ${id} was deleted and its text is stored`;
  }
}

/** The personal streams agree with the conversations. */
function* memberships(members: readonly MemberRecord[], current: ReadonlyMap<string, KnownRecord>): Iterable<string> {
  for (const { userId, stream, role, leftAt, joinedAt } of members) {
    const id = `u:${userId}/${stream}`;
    const own = current.get(id) as MembershipRecord | undefined;
    if (own === undefined || own.role !== role || own.leftAt !== leftAt || own.joinedAt !== joinedAt)
      yield `[AP9] ${id} does not follow its member record`;
  }
}

function* readBy(reader: CaughtUp, current: ReadonlyMap<string, KnownRecord>): Iterable<string> {
  const streams = new Set<string>([...reader.chats, `u:${reader.userId}`]);
  for (const [id, record] of current) {
    if (!streams.has(record.stream)) continue;
    const held = reader.held.get(id);
    // Older than the window that the reader began with: only `history` returns it.
    if (record.type === 'message' && held === undefined && record.seq < (reader.windows.get(record.stream) ?? 1))
      continue;
    const { fromSeq: _, ...mine } = (held ?? {}) as MemberRecord;
    if (JSON.stringify(mine) !== JSON.stringify(record))
      yield `[ST4] the reader holds ${JSON.stringify(mine)} for ${JSON.stringify(record)}`;
  }
}
