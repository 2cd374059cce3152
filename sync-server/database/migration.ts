import type { Connection } from 'mongoose';
import type { Collection } from 'mongodb';

/** Called with a line about the progress, for the operator's log. */
export type OnProgress = (line: string) => void;

type Document = Record<string, unknown> & { _id: string };

const PAGE = 500;
const REPORTED_EVERY = 50_000;

/** The field names of format 1, and their names in format 2. */
const entryNames: Readonly<Record<string, string>> = {
  for: 'named',
  of: 'partCount',
  first: 'isFirst',
  at: 'storedAt',
  old: 'replaced',
  gone: 'prunableSince',
  src: 'sourceRev',
  join: 'joinedRev',
  room: 'membershipRev',
  from: 'fromSeq',
  dlv: 'deliveredSeq',
};
const headNames: Readonly<Record<string, string>> = { at: 'messageAt' };
/** Their filters name old fields. They are created again after the migration. */
const indexesOfFormat1 = ['seq', 'gone'];

/**
 * Renames the fields of format 1. Each document is rewritten atomically, and one that was rewritten is skipped, so a migration
 * that was killed simply runs again. No other server may use the database meanwhile.
 */
export async function migrateToFormat2(
  connection: Pick<Connection, 'collection'>,
  onProgress: OnProgress,
): Promise<void> {
  onProgress('the database has format 1: its entries are rewritten in format 2; do not start an older version again');
  const meta = connection.collection('meta') as unknown as Collection<Document>;
  // First, so that no older version serves a mixture if this is killed halfway.
  await meta.updateOne({ _id: 'database' }, { $set: { format: 2, migratingFrom: 1 } });
  const entries = connection.collection('entries') as unknown as Collection<Document>;
  const heads = connection.collection('heads') as unknown as Collection<Document>;
  for (const name of await namesOf(entries)) if (indexesOfFormat1.includes(name)) await entries.dropIndex(name);
  const count = await rewrite(entries, changesOfEntry, (n) => onProgress(`${n} entries checked`));
  await rewrite(
    heads,
    (head) => renamed(head, headNames),
    () => undefined,
  );
  onProgress(`all ${count} entries have format 2`);
}

async function namesOf(collection: Collection<Document>): Promise<string[]> {
  try {
    return (await collection.listIndexes().toArray()).map(({ name }) => String(name));
  } catch (error) {
    // Nothing has been written to this database yet.
    if ((error as { codeName?: unknown }).codeName === 'NamespaceNotFound') return [];
    throw error;
  }
}

async function rewrite(
  collection: Collection<Document>,
  changesOf: (document: Document) => Changes | undefined,
  onPage: (count: number) => void,
): Promise<number> {
  let count = 0;
  for (let last = '', isOver = false; !isOver;) {
    const page = await collection
      .find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: PAGE, batchSize: PAGE })
      .toArray();
    const writes = page.flatMap((document) => {
      const update = changesOf(document);
      return update === undefined ? [] : [{ updateOne: { filter: { _id: document._id }, update } }];
    });
    if (writes.length > 0) await collection.bulkWrite(writes, { ordered: false });
    count += page.length;
    if (Math.floor(count / REPORTED_EVERY) > Math.floor((count - page.length) / REPORTED_EVERY)) onPage(count);
    isOver = page.length < PAGE;
    last = page.at(-1)?._id ?? '';
  }
  return count;
}

interface Changes {
  $set: Record<string, unknown>;
  $unset: Record<string, 1>;
}

/** Undefined if there is nothing to rename. */
function changesOfEntry(entry: Document): Changes | undefined {
  const changes = renamed(entry, entryNames);
  if (changes !== undefined && typeof entry['plan'] === 'string') changes.$set['plan'] = newPlan(entry['plan']);
  return changes;
}

function renamed(
  document: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>>,
): Changes | undefined {
  const old = Object.keys(names).filter((name) => document[name] !== undefined);
  if (old.length === 0) return undefined;
  return {
    $set: Object.fromEntries(old.map((name): [string, unknown] => [names[name] ?? name, document[name]])),
    $unset: Object.fromEntries(old.map((name) => [name, 1])),
  };
}

/** A plan holds whole entries, and projections that name their source. */
function newPlan(text: string): string {
  const { parts, projections } = JSON.parse(text) as Record<'parts' | 'projections', Record<string, unknown>[]>;
  const inMemory = (object: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(object).map(([name, value]) => [entryNames[name] ?? name, value]));
  return JSON.stringify({
    parts: parts.map(inMemory),
    projections: projections.map(({ src, ...rest }) => ({ ...rest, sourceRev: src })),
  });
}
