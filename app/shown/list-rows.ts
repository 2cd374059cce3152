import type { Changed, ConversationRow, ListChange, OutboxRow, Reading } from '#app/local-store/local-store.ts';
import { isDirect, type ConversationId, type UserId } from '#protocol/ids.ts';
import type { Person } from '#protocol/http.ts';
import { withDistinctNames } from './equal-names.ts';
import { byActivity, peopleInList } from './list-entry.ts';
import type { PeopleById } from './name.ts';

/** All rows that the list is made of. The rows are the server's; `listEntries` adds what is queued. */
export interface ListRows {
  /** By their last activity, the newest first. A row that has not changed is the same object as before. */
  rows: readonly ConversationRow[];
  /** The ops of all conversations, in the order of sending. */
  outbox: readonly OutboxRow[];
  drafts: ReadonlyMap<ConversationId, string>;
  people: PeopleById;
  /** The people whom the person has blocked. */
  blocked: readonly UserId[];
}

export interface ListReader {
  /** What the next read has to read again. */
  note(change: ListChange): void;
  /** The same object as before if nothing of it has changed. */
  read(reading: Reading): Promise<ListRows>;
}

/** This many rows are read in less than a frame. */
const PIECE = 300;

/** Reads everything once, and then only what has changed: a list of thousands of chats changes in a few of them at a time. */
export function createListReader(self: UserId): ListReader {
  let due: ListChange = { conversations: 'all', people: 'all', outbox: 'all', drafts: 'all' };
  let held: readonly ConversationRow[] = [];
  let outbox: readonly OutboxRow[] = [];
  let drafts: ReadonlyMap<ConversationId, string> = new Map();
  let blocked: readonly UserId[] = [];
  let unsent: readonly ConversationRow[] = [];
  /** The people whom the list names, and what is known about them. */
  let named = new Set<UserId>();
  let known: ReadonlyMap<UserId, Person> = new Map();
  let people: PeopleById = known;
  let last: ListRows | undefined;

  async function readDue(reading: Reading, change: ListChange): Promise<ListRows> {
    const { conversations } = change;
    // A mark that was queued and sent meanwhile has changed nothing here.
    if (change.outbox !== undefined) outbox = kept(outbox, await reading.outbox());
    if (change.drafts !== undefined) drafts = await reading.drafts();
    // Who is blocked changes only together with an op or a membership.
    blocked = kept(blocked, await reading.blocked());
    const changed = conversations === undefined ? [] : sharedWith(held, await rowsOf(reading, conversations));
    if (conversations !== undefined) held = withChanged(held, conversations, changed);
    // People who are no longer named are forgotten only when a row is gone, because finding out means looking at all rows.
    const isGone = conversations !== undefined && changed.length < conversations.length;
    const before = unsent;
    unsent = unsentChats(held, drafts, before);
    const added = unsent.filter((row) => !before.includes(row));
    await readPeople(reading, isGone || conversations === 'all' ? 'all' : change.people, [...changed, ...added]);
    const rows = unsent.length === 0 ? held : [...unsent, ...held].toSorted(byActivity);
    const list = { rows, outbox, drafts, people, blocked };
    if (last === undefined || !isSameList(last, list)) last = list;
    return last;
  }

  async function readPeople(
    reading: Reading,
    which: Changed<UserId> = [],
    rows: readonly ConversationRow[] = [],
  ): Promise<void> {
    const ids = peopleInList(which === 'all' ? [...held, ...unsent] : rows, self);
    const wanted = which === 'all' ? ids : ids.filter((id) => !named.has(id));
    if (which === 'all') named = new Set();
    else wanted.push(...which.filter((id) => named.has(id)));
    if (which !== 'all' && wanted.length === 0) return;
    const found = await reading.people(wanted);
    named = new Set([...named, ...wanted]);
    known = which === 'all' ? found : new Map([...known, ...found]);
    people = withDistinctNames(known);
  }

  return {
    note(change) {
      due = both(due, change);
    },
    async read(reading) {
      const change = due;
      // Cleared before the read starts, because its result may not contain a change that happens meanwhile.
      due = {};
      try {
        return await readDue(reading, change);
      } catch (error) {
        due = both(change, due);
        throw error;
      }
    },
  };
}

async function rowsOf(reading: Reading, wanted: Changed<ConversationId>): Promise<ConversationRow[]> {
  if (wanted !== 'all') return reading.conversationsOf(wanted);
  const all: ConversationRow[] = [];
  for (;;) {
    const piece = await reading.conversationsAfter(all.at(-1)?.stream, PIECE);
    all.push(...piece);
    if (piece.length < PIECE) return all;
  }
}

/** The rows; each unchanged one is the object that was held before. */
function sharedWith(held: readonly ConversationRow[], rows: readonly ConversationRow[]): ConversationRow[] {
  const before = new Map(held.map((row) => [row.stream, row]));
  return rows.map((row) => kept(before.get(row.stream), row));
}

/** `before` if `next` is the same. */
function kept<T>(before: T | undefined, next: T): T {
  return JSON.stringify(before) === JSON.stringify(next) ? (before as T) : next;
}

function isSameList(one: ListRows, other: ListRows): boolean {
  return Object.entries(one).every(([part, value]) => value === other[part as keyof ListRows]);
}

/** Sorting is linear here, because what has not changed is in order already. */
function withChanged(
  held: readonly ConversationRow[],
  which: Changed<ConversationId>,
  changed: readonly ConversationRow[],
): readonly ConversationRow[] {
  if (which === 'all') return changed.toSorted(byActivity);
  if (changed.length === which.length && changed.every((row) => held.includes(row))) return held;
  const gone = new Set(which);
  return [...held.filter(({ stream }) => !gone.has(stream)), ...changed].toSorted(byActivity);
}

/** Direct chats with nothing but a draft, which must be found again. */
function unsentChats(
  held: readonly ConversationRow[],
  drafts: ReadonlyMap<ConversationId, string>,
  before: readonly ConversationRow[],
): ConversationRow[] {
  const written = [...drafts].flatMap(([stream, text]) => (isDirect(stream) && text.trim() !== '' ? [stream] : []));
  if (written.length === 0) return [];
  const present = new Set(held.map(({ stream }) => stream));
  const activityAt = new Date().toISOString();
  const empty = { lastSeq: 0, historyStart: 0, isWhole: true, unread: 0, activityAt };
  return written
    .filter((stream) => !present.has(stream))
    .map((stream) => before.find((row) => row.stream === stream) ?? { stream, ...empty });
}

function both(one: ListChange, other: ListChange): ListChange {
  return {
    ...one,
    ...other,
    ...united('conversations', one.conversations, other.conversations),
    ...united('people', one.people, other.people),
  };
}

function united<Name extends string, Key>(
  name: Name,
  one: Changed<Key> | undefined,
  other: Changed<Key> | undefined,
): { [Each in Name]?: Changed<Key> } {
  const keys = one === 'all' || other === 'all' ? 'all' : [...new Set([...(one ?? []), ...(other ?? [])])];
  return keys.length === 0 ? {} : ({ [name]: keys } as { [Each in Name]?: Changed<Key> });
}
