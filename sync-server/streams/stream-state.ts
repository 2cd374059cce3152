import {
  type ConversationId,
  type MessageId,
  type StreamId,
  type UserId,
  isConversation,
  memberRecordId,
} from '#protocol/ids.ts';
import type {
  ConversationRecord,
  KnownRecord,
  MemberRecord,
  MembershipRecord,
  MessageRecord,
  ScheduledRecord,
} from '#protocol/record.ts';
import type { Reader } from './announcement.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, type Held, type Hidden, held } from './entry.ts';

/** Messages cached per stream, for the edits, reactions and replies that soon follow. */
const CACHED_MESSAGES = 16;
const CACHED_MEMBERSHIPS = 256;
/** About how much memory a record takes besides its text, with its keys and its place in a map. */
const BYTES_OF_RECORD = 800;
const BYTES_OF_REACTION = 80;

export type MaybePromise<T> = T | Promise<T>;

/**
 * The state of a stream at `tail`, against which ops are decided. It is only a cache: if its tail is stale, the unique index
 * refuses the write, and the whole state is discarded.
 */
export class StreamState {
  readonly stream: StreamId;
  tail: number;
  lastSeq: number;
  /** The time of the last op, milliseconds. Even if the clock is set back, no later op gets an earlier time. [ST3] */
  lastAt = 0;
  conversation: Held<ConversationRecord> | undefined;
  readonly members = new Map<UserId, Held<MemberRecord>>();
  /** Members who have not left. */
  present = 0;
  /** The rev at which somebody last joined or left. */
  membershipRev = 0;
  #readers: readonly Reader[] | undefined;
  readonly #messages = new Map<string, Held<MessageRecord>>();
  #messageBytes = 0;
  #scheduled: Map<string, Held<ScheduledRecord>> | undefined;
  readonly #memberships = new Map<string, Held<MembershipRecord> | null>();
  readonly #store: EntryStore;

  constructor(store: EntryStore, stream: StreamId, tail: number, lastSeq: number) {
    this.#store = store;
    this.stream = stream;
    this.tail = tail;
    this.lastSeq = lastSeq;
  }

  /** An estimate of the memory that this takes. */
  get bytes(): number {
    let bytes = this.#messageBytes + (this.members.size + this.#memberships.size + 1) * BYTES_OF_RECORD;
    for (const { record } of this.#scheduled?.values() ?? [])
      bytes += BYTES_OF_RECORD + 2 * (record.message?.text.length ?? 0);
    return bytes;
  }

  /** Applies a version. One that is older than the version held changes nothing. */
  take(version: Held): void {
    const { record } = version;
    switch (record.type) {
      case 'conversation':
        if (record.rev > (this.conversation?.record.rev ?? 0)) this.conversation = version as Held<ConversationRecord>;
        break;
      case 'member':
        this.#takeMember(version as Held<MemberRecord>);
        break;
      case 'message':
        this.lastSeq = Math.max(this.lastSeq, record.seq);
        this.#keepMessage(record.id, version as Held<MessageRecord>);
        break;
      case 'membership':
        keep(this.#memberships, record.conversation, version as Held<MembershipRecord>, CACHED_MEMBERSHIPS);
        break;
      case 'scheduled':
        this.#scheduled?.set(record.id, version as Held<ScheduledRecord>);
        break;
    }
    this.tail = Math.max(this.tail, record.rev);
  }

  #takeMember(version: Held<MemberRecord>): void {
    const before = this.members.get(version.record.userId);
    if (before !== undefined && before.record.rev >= version.record.rev) return;
    const wasPresent = before !== undefined && before.record.leftAt === undefined;
    this.present += Number(version.record.leftAt === undefined) - Number(wasPresent);
    this.members.set(version.record.userId, version);
    const changedAt = version.hidden.membershipRev ?? 0;
    // Marks and names also change member records, and far more often, but only joining and leaving change who may read.
    if (changedAt > (before?.hidden.membershipRev ?? -1)) this.#readers = undefined;
    this.membershipRev = Math.max(this.membershipRev, changedAt);
  }

  /** Who may read the stream at `tail`. The same array is returned until somebody joins or leaves. */
  readers(): readonly Reader[] {
    if (!isConversation(this.stream)) return [{ userId: this.stream.slice(2) as UserId, fromSeq: 1 }];
    this.#readers ??= [...this.members.values()].flatMap(({ record, hidden }) =>
      record.leftAt === undefined ? [readerOf(record.userId, hidden)] : [],
    );
    return this.#readers;
  }

  /** A member who has not left. */
  presentMember(user: UserId): Held<MemberRecord> | undefined {
    const found = this.members.get(user);
    return found?.record.leftAt === undefined ? found : undefined;
  }

  /** Looks by id and stream, so a message of another stream is not found. [AP10] */
  message(id: MessageId): MaybePromise<Held<MessageRecord> | undefined> {
    return this.#messages.get(id) ?? this.#readMessage(id);
  }

  async #readMessage(id: MessageId): Promise<Held<MessageRecord> | undefined> {
    const found = await readCurrent(this.#store, this.stream, 'message', id);
    const since = this.#messages.get(id);
    if (since !== undefined) return since;
    if (found !== undefined) this.#keepMessage(id, found);
    return found;
  }

  #keepMessage(id: string, version: Held<MessageRecord>): void {
    const replaced = this.#messages.get(id);
    const evicted = keep(this.#messages, id, version, CACHED_MESSAGES);
    this.#messageBytes += bytesOf(version) - bytesOf(replaced) - bytesOf(evicted);
  }

  membership(conversation: ConversationId): MaybePromise<Held<MembershipRecord> | undefined> {
    const cached = this.#memberships.get(conversation);
    return cached === undefined ? this.#readMembership(conversation) : (cached ?? undefined);
  }

  async #readMembership(conversation: ConversationId): Promise<Held<MembershipRecord> | undefined> {
    const found = await readCurrent(this.#store, this.stream, 'membership', `${this.stream}/${conversation}`);
    const since = this.#memberships.get(conversation);
    if (since) return since;
    keep(this.#memberships, conversation, found ?? null, CACHED_MEMBERSHIPS);
    return found;
  }

  /** The places of a person's own stream for messages that wait for their time, by the ids of their records. */
  async scheduled(): Promise<ReadonlyMap<string, Held<ScheduledRecord>>> {
    // Only an op that has called this writes such a record, so no newer version is missed while they are read.
    this.#scheduled ??= newestScheduled(await this.#store.current(this.stream, ['scheduled']));
    return this.#scheduled;
  }
}

export function readerOf(userId: UserId, { fromSeq = 1, isRequest }: Hidden): Reader {
  return isRequest === true ? { userId, fromSeq, isRequest } : { userId, fromSeq };
}

/** The newest of these versions of each record, by its id. */
export function newestScheduled(entries: readonly Entry[]): Map<string, Held<ScheduledRecord>> {
  const newest = new Map<string, Held<ScheduledRecord>>();
  for (const entry of entries) {
    const version = entry.type === 'scheduled' ? (held(entry) as Held<ScheduledRecord> | undefined) : undefined;
    if (version !== undefined && version.record.rev > (newest.get(entry.id)?.record.rev ?? 0))
      newest.set(entry.id, version);
  }
  return newest;
}

/** The newest current version of one record. */
export async function readCurrent<T extends KnownRecord['type']>(
  store: EntryStore,
  stream: StreamId,
  type: T,
  id: string,
): Promise<Held<Extract<KnownRecord, { type: T }>> | undefined> {
  let newest: Held | undefined;
  for (const entry of await store.current(stream, [type], id)) {
    const version = held(entry);
    if (version !== undefined && version.record.rev > (newest?.record.rev ?? 0)) newest = version;
  }
  return newest as Held<Extract<KnownRecord, { type: T }>> | undefined;
}

/** Bypasses every cache, because reads are authorised with it. */
export function readMember(
  store: EntryStore,
  stream: ConversationId,
  user: UserId,
): Promise<Held<MemberRecord> | undefined> {
  return readCurrent(store, stream, 'member', memberRecordId(stream, user));
}

/** Returns the record that was dropped to make room. */
function keep<V>(map: Map<string, V>, key: string, value: V, most: number): V | undefined {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return undefined;
  const oldest = map.keys().next().value as string;
  const evicted = map.get(oldest);
  map.delete(oldest);
  return evicted;
}

function bytesOf(message: Held<MessageRecord> | undefined): number {
  if (message === undefined) return 0;
  const { text, reactions, poll } = message.record;
  let bytes = BYTES_OF_RECORD + 2 * text.length;
  for (const users of Object.values(reactions)) bytes += (users?.length ?? 0) * BYTES_OF_REACTION;
  if (poll !== undefined) bytes += Object.keys(poll.votes).length * BYTES_OF_REACTION;
  return bytes;
}
