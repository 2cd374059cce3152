import { Dexie, type Table } from 'dexie';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { nameOfKey, rowKeys } from './row-keys.ts';
import type { Rows } from './rows.ts';

/**
 * Messages with neighbouring seqs, in one row of the database: a row costs as much as a dozen of the messages in it
 * (docs/decisions/013-messages-are-stored-in-packs-on-a-device.md).
 */
export interface PackRow {
  stream: ConversationId;
  nth: number;
  /** The highest rev of its messages. */
  rev: number;
  ids: OpId[];
  /** Ascending by seq. */
  messages: MessageRecord[];
}

export type PackKey = [ConversationId, number];
export type Packs = Table<PackRow, PackKey>;

/** The indexes of the table, as Dexie declares them. */
export const PACK_KEYS = '[stream+nth], *ids, [stream+rev]';

/** With sixteen, a catch-up is four times as fast as with single rows, and a message that arrives alone is no slower. */
const SEQS = 16;
/** Packs are read in portions, because each portion is read in one task of the page. */
const COUNTED_AT_ONCE = 50;

/** If a chat has fewer packs than this to read, they are read together with those of other chats. */
const FEW = 4;

const nthOf = (seq: number) => Math.floor(seq / SEQS);
const packKey = ({ stream, nth }: PackRow): PackKey => [stream, nth];

function packOf(stream: ConversationId, nth: number, messages: readonly MessageRecord[]): PackRow {
  return {
    stream,
    nth,
    rev: Math.max(...messages.map(({ rev }) => rev)),
    ids: messages.map(({ id }) => id),
    messages: messages.toSorted((a, b) => a.seq - b.seq),
  };
}

function packed(messages: Iterable<MessageRecord>): PackRow[] {
  const byPack = new Map<string, MessageRecord[]>();
  for (const message of messages) {
    const name = nameOfKey([message.stream, nthOf(message.seq)]);
    const some = byPack.get(name);
    if (some === undefined) byPack.set(name, [message]);
    else some.push(message);
  }
  return [...byPack.values()].map((some) => {
    const [stream, seq] = rowKeys.messages(some[0] as MessageRecord);
    return packOf(stream, nthOf(seq), some);
  });
}

type MessageRows = Pick<
  Rows,
  'messages' | 'messagesOf' | 'messagesAfter' | 'countMessages' | 'messageById' | 'dropMessages'
>;

/** The messages of a person, for one transaction, which reads each pack that it changes once. */
export function messagesIn(packs: Packs): MessageRows {
  const known = new Map<string, PackRow | undefined>();

  async function packsAt(keys: readonly PackKey[]): Promise<Map<string, PackRow>> {
    const names = new Set(keys.map(nameOfKey));
    const unknown = keys.filter((key) => !known.has(nameOfKey(key)));
    if (unknown.length > 0) {
      const found = new Map((await read(unknown)).map((pack) => [nameOfKey(packKey(pack)), pack]));
      // Versions that were written meanwhile are newer.
      for (const name of unknown.map(nameOfKey)) if (!known.has(name)) known.set(name, found.get(name));
    }
    return new Map([...names].flatMap((name) => known.get(name) ?? []).map((pack) => [nameOfKey(packKey(pack)), pack]));
  }

  /** Dexie's `bulkGet` reads key by key, so a large number of neighbours is read as a range. */
  async function read(keys: readonly PackKey[]): Promise<PackRow[]> {
    const nths = new Map<ConversationId, number[]>();
    for (const [stream, nth] of keys) {
      const some = nths.get(stream);
      if (some === undefined) nths.set(stream, [nth]);
      else some.push(nth);
    }
    const single: PackKey[] = [];
    const reads: PromiseLike<(PackRow | undefined)[]>[] = [];
    for (const [stream, some] of nths) {
      const [first, last] = [Math.min(...some), Math.max(...some)];
      if (some.length < FEW || last - first >= 2 * some.length)
        single.push(...some.map((nth): PackKey => [stream, nth]));
      else reads.push(packs.where('[stream+nth]').between([stream, first], [stream, last], true, true).toArray());
    }
    if (single.length > 0) reads.push(packs.bulkGet(single));
    return (await Promise.all(reads)).flat().filter((pack) => pack !== undefined);
  }

  async function write(changed: readonly PackRow[]): Promise<void> {
    for (const pack of changed) known.set(nameOfKey(packKey(pack)), pack);
    const [empty, full] = [changed.filter(isEmpty), changed.filter((pack) => !isEmpty(pack))];
    if (full.length > 0) await packs.bulkPut(full);
    if (empty.length > 0) await packs.bulkDelete(empty.map(packKey));
  }

  async function bulkGet(keys: readonly [ConversationId, number][]): Promise<(MessageRecord | undefined)[]> {
    const found = await packsAt(keys.map(([stream, seq]) => [stream, nthOf(seq)]));
    return keys.map(([stream, wanted]) =>
      found.get(nameOfKey([stream, nthOf(wanted)]))?.messages.find(({ seq }) => seq === wanted),
    );
  }

  async function bulkPut(messages: readonly MessageRecord[]): Promise<void> {
    const newest = new Map(messages.map((message) => [nameOfKey(rowKeys.messages(message)), message]));
    const added = packed(newest.values());
    const held = await packsAt(added.map(packKey));
    await write(
      added.map((pack) => {
        const kept = held
          .get(nameOfKey(packKey(pack)))
          ?.messages.filter((message) => !newest.has(nameOfKey(rowKeys.messages(message))));
        return packOf(pack.stream, pack.nth, [...(kept ?? []), ...pack.messages]);
      }),
    );
  }

  async function bulkDelete(keys: readonly [ConversationId, number][]): Promise<void> {
    const gone = new Set(keys.map(nameOfKey));
    const held = await packsAt(keys.map(([stream, seq]) => [stream, nthOf(seq)]));
    await write(
      [...held.values()].map((pack) => without(pack, (message) => gone.has(nameOfKey(rowKeys.messages(message))))),
    );
  }

  const between = (stream: ConversationId, from: number, to: number) =>
    packs.where('[stream+nth]').between([stream, nthOf(from)], [stream, nthOf(to)], true, true);

  return {
    messages: {
      get: async (key) => (await bulkGet([key]))[0],
      bulkGet,
      put: (message) => bulkPut([message]),
      bulkPut,
      delete: (key) => bulkDelete([key]),
      bulkDelete,
      clear: () => {
        known.clear();
        return packs.clear();
      },
      toArray: async () => (await packs.toArray()).flatMap(({ messages }) => messages),
    },
    async messagesOf(stream, from, to, newest) {
      const inRange = ({ messages }: PackRow) => messages.filter(({ seq }) => seq >= from && seq <= to);
      if (newest === undefined) return (await between(stream, from, to).toArray()).flatMap(inRange);
      let found: MessageRecord[] = [];
      // Packs beside a gap are not full, so the first ones may have too few.
      for (let last = to; last >= from && found.length < newest;) {
        const some = await between(stream, from, last)
          .reverse()
          .limit(nthOf(newest - found.length) + 2)
          .toArray();
        const earliest = some.at(-1);
        if (earliest === undefined) break;
        found = [...some.toReversed().flatMap(inRange), ...found];
        last = earliest.nth * SEQS - 1;
      }
      return found.slice(Math.max(0, found.length - newest));
    },
    async messagesAfter(stream, rev) {
      const found = await packs
        .where('[stream+rev]')
        .between([stream, rev], [stream, Dexie.maxKey], false, true)
        .toArray();
      return found
        .flatMap(({ messages }) => messages)
        .filter((message) => message.rev > rev)
        .toSorted((a, b) => a.rev - b.rev);
    },
    async countMessages(stream, from, to) {
      let count = 0;
      for (let first = from; first <= to;) {
        const some = await between(stream, first, to).limit(COUNTED_AT_ONCE).toArray();
        const last = some.at(-1);
        if (last === undefined) break;
        for (const { messages } of some) count += messages.filter(({ seq }) => seq >= from && seq <= to).length;
        first = (last.nth + 1) * SEQS;
      }
      return count;
    },
    async messageById(stream, id) {
      const found = await packs.where('ids').equals(id).toArray();
      // Nothing keeps a hostile client from using the id of another chat's message.
      return found.find((pack) => pack.stream === stream)?.messages.find((message) => message.id === id);
    },
    async dropMessages(stream, below) {
      known.clear();
      const last = await packs.get([stream, nthOf(below)]);
      await packs
        .where('[stream+nth]')
        .between([stream, 0], [stream, nthOf(below)])
        .delete();
      if (last !== undefined) await write([without(last, ({ seq }) => seq < below)]);
    },
  };
}

const isEmpty = ({ messages }: PackRow) => messages.length === 0;

function without(pack: PackRow, isGone: (message: MessageRecord) => boolean): PackRow {
  const messages = pack.messages.filter((message) => !isGone(message));
  return packOf(pack.stream, pack.nth, messages);
}

/** Moves the messages of a database in which each had a row of its own into packs, as part of its upgrade. */
export async function packMessages(
  messages: Table<MessageRecord, [ConversationId, number]>,
  packs: Packs,
): Promise<void> {
  let after: [ConversationId, number] | undefined;
  /** The last pack of a portion may go on in the next one. */
  let left: MessageRecord[] = [];
  for (;;) {
    const rest = after === undefined ? messages.orderBy('[stream+seq]') : messages.where('[stream+seq]').above(after);
    const some = await rest.limit(MOVED_AT_ONCE).toArray();
    const made = packed([...left, ...some]);
    const last = some.at(-1);
    if (last === undefined) return void (await packs.bulkPut(made));
    left = made.pop()?.messages ?? [];
    if (made.length > 0) await packs.bulkPut(made);
    after = rowKeys.messages(last);
  }
}

const MOVED_AT_ONCE = 2_000;
