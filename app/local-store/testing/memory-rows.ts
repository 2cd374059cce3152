import type { ConversationId, OpId } from '#protocol/ids.ts';
import { rowKeys } from '#app/local-store/row-keys.ts';
import type { Rows, RowTable } from '#app/local-store/rows.ts';

/** Rows in memory. One transaction runs at a time, and ends with `commit` or `rollback`. */
export interface MemoryRows {
  rows: Rows;
  /** True if anything was written. */
  commit(): boolean;
  rollback(): void;
}

type Journal = (() => void)[];

export function memoryRows(): MemoryRows {
  const journal: Journal = [];
  const messages: Rows['messages'] & Listed<Rows['messages']> = table(journal, rowKeys.messages);
  const members: Rows['members'] & Listed<Rows['members']> = table(journal, rowKeys.members);
  const outbox: Rows['outbox'] & Listed<Rows['outbox']> = table(journal, rowKeys.outbox);
  const inOrder = () => outbox.list().toSorted((a, b) => a.order - b.order);
  const conversations: Rows['conversations'] & Listed<Rows['conversations']> = table(journal, rowKeys.conversations);
  const rows: Rows = {
    conversations,
    members,
    messages,
    outbox,
    drafts: table(journal, rowKeys.drafts),
    edits: table(journal, rowKeys.edits),
    scheduled: table(journal, rowKeys.scheduled),
    sendings: table(journal, rowKeys.sendings),
    cursors: table(journal, rowKeys.cursors),
    people: table(journal, rowKeys.people),
    facts: table(journal, rowKeys.facts),

    conversationKeys: async () => conversations.list().map(({ stream }) => stream),
    conversationsAfter: async (stream = '' as ConversationId, limit) =>
      conversations
        .list((row) => row.stream > stream)
        .toSorted((a, b) => (a.stream < b.stream ? -1 : 1))
        .slice(0, limit),
    countMembers: async (stream) => members.list((member) => member.stream === stream).length,
    countMessages: async (stream, from, to) =>
      messages.list((message) => message.stream === stream && message.seq >= from && message.seq <= to).length,
    membersOf: async (stream) =>
      members.list((member) => member.stream === stream).toSorted((a, b) => (a.userId < b.userId ? -1 : 1)),
    messagesOf: async (stream, from, to, newest) => {
      const found = messages
        .list((message) => message.stream === stream && message.seq >= from && message.seq <= to)
        .toSorted((a, b) => a.seq - b.seq);
      return newest === undefined ? found : found.slice(Math.max(0, found.length - newest));
    },
    messagesAfter: async (stream, rev) =>
      messages.list((message) => message.stream === stream && message.rev > rev).toSorted((a, b) => a.rev - b.rev),
    messageById: async (stream, id: OpId) =>
      messages.list((message) => message.stream === stream && message.id === id)[0],
    dropMessages: (stream, below) =>
      messages.bulkDelete(
        messages.list((message) => message.stream === stream && message.seq < below).map(({ seq }) => [stream, seq]),
      ),
    dropMembers: (stream) =>
      members.bulkDelete(members.list((member) => member.stream === stream).map(({ userId }) => [stream, userId])),
    outboxOf: async (stream) => inOrder().filter((row) => stream === undefined || row.stream === stream),
    lastOrder: async () => inOrder().at(-1)?.order ?? 0,
  };
  return {
    rows,
    commit: () => journal.splice(0).length > 0,
    rollback() {
      for (const undo of journal.splice(0).toReversed()) undo();
    },
  };
}

type RowOf<T> = T extends RowTable<infer R, infer _K> ? R : never;
interface Listed<T> {
  list(where?: (row: RowOf<T>) => boolean): RowOf<T>[];
}

/** Copies are stored and returned, as by a disk: nobody shares an object with the table. */
function table<T, K>(
  journal: Journal,
  keyOf: (row: T) => K,
): RowTable<T, K> & { list(where?: (row: T) => boolean): T[] } {
  const kept = new Map<string, T>();
  const set = (key: string, row: T | undefined) => {
    const before = kept.get(key);
    if (before === undefined && row === undefined) return;
    journal.push(() => (before === undefined ? kept.delete(key) : kept.set(key, before)));
    if (row === undefined) kept.delete(key);
    else kept.set(key, row);
  };
  const name = (key: K) => JSON.stringify(key);
  const get = (key: K) => copyOf(kept.get(name(key)));
  const put = (row: T) => set(name(keyOf(row)), copyOf(row));
  const list = (where: (row: T) => boolean = () => true) => [...kept.values()].filter(where).map(copyOf);
  return {
    get: async (key) => get(key),
    bulkGet: async (keys) => keys.map(get),
    put: async (row) => put(row),
    bulkPut: async (all) => all.forEach(put),
    delete: async (key) => set(name(key), undefined),
    bulkDelete: async (keys) => keys.forEach((key) => set(name(key), undefined)),
    clear: async () => [...kept.keys()].forEach((key) => set(key, undefined)),
    toArray: async () => list(),
    list,
  };
}

/** Like structuredClone, which rejects what cannot be stored, but ten times as fast for plain objects. */
function copyOf<T>(value: T): T {
  if (isAsItIs(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const copy = { ...value } as Record<string, unknown>;
  for (const key in copy) if (!isAsItIs(copy[key])) copy[key] = copyOf(copy[key]);
  return copy as T;
}

function isAsItIs(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
