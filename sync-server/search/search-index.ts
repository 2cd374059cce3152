import type { Collection } from 'mongodb';
import type { ConversationId, MessageId } from '#protocol/ids.ts';
import type { Database } from '#server/database/connect.ts';
import { inBackground } from '#server/database/in-background.ts';
import { defineModels } from '#server/database/models.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { orUnavailable } from '#server/streams/or-unavailable.ts';
import { coalesced } from './coalesced.ts';

/** The place of a message, and when the server received it, milliseconds. */
export interface Place {
  stream: ConversationId;
  seq: number;
  at: number;
}

export interface Indexed extends Place {
  id: MessageId;
  keys: readonly string[];
  /** True if nothing is stored for the message, unless it was put before a crash. */
  isNew: boolean;
}

/**
 * The number of seqs in one part. A search reads the newest parts of a chat first, so that the cost of a common word depends on
 * the page and not on how much is stored.
 */
const PART_SEQS = 2_000;
/** Up to this many parts are looked up one by one by the engine. */
const PARTS = 200;
/** Messages in one command, so that the flush of an append that arrives meanwhile waits for few of them. */
const WRITES = 50;
const DUPLICATE_KEY = 11_000;
/** The number of keys that are looked up in the index; the text decides about the others. */
const MOST_PREFIXES = 6;

export interface SearchIndex {
  /** Replaces what is stored for the same messages. Resolves when it is durable. */
  put(messages: readonly Indexed[]): Promise<void>;
  remove(ids: readonly MessageId[]): Promise<void>;
  /** Messages of at most 200 parts with a key for every prefix, in no order. */
  find(parts: readonly Part[], prefixes: readonly string[]): Promise<Place[]>;
}

/** A range of a chat's messages. */
export interface Part {
  stream: ConversationId;
  nth: number;
}

/** From the newest to the oldest. */
export function partsUpTo(stream: ConversationId, seq: number): Part[] {
  return Array.from({ length: partOf(seq) + 1 }, (_, at) => ({ stream, nth: partOf(seq) - at }));
}

/** Keys of messages in MongoDB, or in the embedded engine that speaks its language. Rejects with StoreUnavailable. [SR3] */
export function createSearchIndex({ connection, run }: Pick<Database, 'connection' | 'run'>): SearchIndex {
  const rows = defineModels(connection).SearchKeys.collection as unknown as Collection<Row>;
  return {
    put: coalesced(put),
    async remove(ids) {
      if (ids.length > 0) await orUnavailable(() => rows.deleteMany({ _id: { $in: [...ids] } }, inBackground));
    },
    async find(parts, prefixes) {
      const names = parts.slice(0, PARTS).map(nameOf);
      // The first key bounds the search in the index, so the longest one comes first, because the fewest messages have it.
      const wanted = prefixes.toSorted((a, b) => b.length - a.length).slice(0, MOST_PREFIXES);
      const found = await orUnavailable(() =>
        rows
          .find(
            {
              part: { $in: names },
              $and: wanted.map((prefix) => ({ keys: { $elemMatch: { $gte: prefix, $lt: `${prefix}\u{10FFFF}` } } })),
            },
            { projection: { _id: 0, part: 1, seq: 1, at: 1 }, batchSize: 5_000, hint: 'found' },
          )
          .toArray(),
      );
      return found.map(({ part, seq, at }) => ({ stream: streamOf(part), seq, at }));
    },
  };

  async function put(messages: readonly Indexed[]): Promise<void> {
    for (let from = 0; from < messages.length; from += WRITES) {
      const some = messages.slice(from, from + WRITES);
      const stored = await insert(some.filter(({ isNew }) => isNew));
      await replace(some.filter(({ isNew, id }) => !isNew || stored.has(id)));
    }
  }

  /** An insert costs a third of a replacement, which has to search first. Returns the messages that are stored already. */
  async function insert(messages: readonly Indexed[]): Promise<ReadonlySet<MessageId>> {
    if (messages.length === 0) return new Set();
    // A plain command, because the driver's bulk insert would double the cost.
    const { writeErrors: failed = [], writeConcernError } = (await orUnavailable(() =>
      run({
        insert: rows.collectionName,
        documents: messages.map((message) => ({ _id: message.id, ...rowOf(message) })),
        ordered: false,
        writeConcern: { w: 'majority', j: true },
        ...inBackground,
      }),
    )) as { writeErrors?: { code: number; index: number }[]; writeConcernError?: object };
    if (writeConcernError !== undefined || failed.some(({ code }) => code !== DUPLICATE_KEY))
      throw new StoreUnavailable('the database failed', { cause: writeConcernError ?? failed });
    return new Set(failed.map(({ index }) => (messages[index] as Indexed).id));
  }

  async function replace(messages: readonly Indexed[]): Promise<void> {
    if (messages.length === 0) return;
    const writes = messages.map((message) => ({
      replaceOne: { filter: { _id: message.id }, replacement: rowOf(message), upsert: true },
    }));
    await orUnavailable(() => rows.bulkWrite(writes, { ordered: false, ...inBackground }));
  }
}

function rowOf({ stream, seq, at, keys }: Indexed): Omit<Row, '_id'> {
  return { part: nameOf({ stream, nth: partOf(seq) }), seq, at, keys: [...keys] };
}

interface Row {
  _id: string;
  part: string;
  seq: number;
  at: number;
  keys: string[];
}

const partOf = (seq: number) => Math.floor(seq / PART_SEQS);
/** The names of streams contain no spaces. */
const nameOf = ({ stream, nth }: Part) => `${stream} ${nth}`;
const streamOf = (part: string) => part.slice(0, part.indexOf(' ')) as ConversationId;
