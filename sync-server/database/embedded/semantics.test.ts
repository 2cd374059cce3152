import { Binary, Double, Int32, Long, type Document, type MongoClient, MongoServerError, ObjectId } from 'mongodb';
import { MongoClient as Client } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mongodbAddress } from '#server/database/testing/mongodb.fixture.ts';
import { cases } from './testing/semantics.fixture.ts';
import { startWithClient } from './testing/engines.fixture.ts';

if (mongodbAddress === undefined)
  process.stdout.write('TEST_MONGODB_URI is not set: the semantic table runs against the embedded database only\n');

interface Target {
  name: string;
  open(): Promise<{ client: MongoClient; end(): Promise<void> }>;
}

const targets: Target[] = [{ name: 'embedded', open: () => startWithClient() }];
if (mongodbAddress !== undefined) {
  targets.push({
    name: 'MongoDB',
    async open() {
      const client = await new Client(mongodbAddress ?? '').connect();
      return { client, end: () => client.close() };
    },
  });
}

describe.each(targets)('semantics on $name', ({ open }) => {
  const dbName = `tl_semantics_${process.pid}`;
  let opened: Awaited<ReturnType<Target['open']>>;
  let isBefore7 = false;
  beforeAll(async () => {
    opened = await open();
    const { version } = (await opened.client.db(dbName).command({ buildInfo: 1 })) as { version: string };
    isBefore7 = Number.parseInt(version, 10) < 7;
  });
  afterAll(async () => {
    await opened.client.db(dbName).dropDatabase();
    await opened.end();
  });

  it('has at least 150 cases with unique names', () => {
    expect(cases.length).toBeGreaterThanOrEqual(150);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it.each(cases.map((one, at) => ({ ...one, at })))('$name', async ({ at, ...one }) => {
    const { docs, indexes, run, expected } = one;
    const code = isBefore7 ? (one.codeBefore7 ?? one.code) : one.code;
    const db = opened.client.db(dbName);
    const name = `c${at}`;
    if (indexes !== undefined) await db.command({ createIndexes: name, indexes });
    if (docs.length > 0) await db.collection(name).insertMany(copies(docs));
    const outcome = await attempt(async () => {
      let last: unknown;
      const steps: Document[] = [run].flat();
      for (const step of steps) last = await perform(db, name, step);
      return last;
    });
    expect(outcome).toEqual(code === undefined ? { value: expected } : { code });
  });
});

/** Copies, because insertMany adds `_id` to the documents it is given. */
function copies(docs: Document[]): Document[] {
  return docs.map((doc) => ({ ...doc }));
}

async function attempt(work: () => Promise<unknown>): Promise<{ value: unknown } | { code: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof MongoServerError) return { code: Number(error.code) };
    throw error;
  }
}

/** Runs one command on the collection; its answer has the table's short form. */
async function perform(db: ReturnType<MongoClient['db']>, name: string, command: Document): Promise<unknown> {
  const [verb = '', operand] = Object.entries(command)[0] ?? [];
  const rest = Object.fromEntries(Object.entries(command).slice(1));
  const spec = operand === null ? {} : (operand as Document);
  const reply = (await db.command({ [verb]: name, ...spec, ...rest }, { promoteValues: false })) as Answer;
  const [failed] = reply.writeErrors ?? [];
  if (failed !== undefined) throw new MongoServerError({ ...failed, code: Number(failed['code']) });
  if (reply.cursor !== undefined) return reply.cursor.firstBatch.map(typed);
  if (verb === 'distinct') return reply.values?.map(typed);
  if (verb === 'update') return [Number(reply.n), Number(reply.nModified), (reply.upserted ?? []).length];
  if (verb === 'findAndModify') return typed(reply.value ?? null);
  return Number(reply.n ?? 0);
}

/** The parts of a reply that are compared with the table. */
interface Answer {
  writeErrors?: Document[];
  cursor?: { firstBatch: Document[] };
  values?: unknown[];
  upserted?: unknown[];
  value?: unknown;
  n?: unknown;
  nModified?: unknown;
}

/** Numbers in a form that shows their types: `int:1`, `long:1`, `double:1`. */
function typed(value: unknown): unknown {
  if (value instanceof Int32) return `int:${value.value}`;
  if (value instanceof Double) return `double:${value.value}`;
  if (value instanceof Long) return `long:${value.toString()}`;
  if (value instanceof ObjectId) return `id:${value.toHexString()}`;
  if (value instanceof Binary) return `binary:${Buffer.from(value.buffer).toString('hex')}`;
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(typed);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, typed(inner)]));
  return value;
}
