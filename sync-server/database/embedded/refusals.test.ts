import { Long } from 'bson';
import type { Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngineProcess, startWithClient, bundleEngine, temporaryFolder } from './testing/engines.fixture.ts';
import { MongoClient } from 'mongodb';

let started: Awaited<ReturnType<typeof startWithClient>>;

beforeAll(async () => {
  started = await startWithClient();
  await started.client
    .db('t')
    .collection<{ _id: number; a: number; list: number[] }>('docs')
    .insertOne({ _id: 1, a: 1, list: [1] });
});
afterAll(() => started.end());

const find = (filter: Document, more: Document = {}) => ({ find: 'docs', filter, ...more });
const update = (u: unknown, more: Document = {}) => ({ update: 'docs', updates: [{ q: { _id: 1 }, u, ...more }] });
const pipeline = (...stages: Document[]) => ({ aggregate: 'docs', pipeline: stages, cursor: {} });
const index = (more: Document) => ({ createIndexes: 'docs', indexes: [{ key: { a: 1 }, name: 'a', ...more }] });

/** A command, MongoDB's code (server 7.0, src/mongo/base/error_codes.yml), and a word that the message must contain. */
const refused: [command: Document, code: number, word: string][] = [
  [{ mapReduce: 'docs' }, 59, 'mapReduce'],
  [{ toString: 1 }, 59, 'toString'],
  [{ replSetGetStatus: 1 }, 59, 'replSetGetStatus'],
  [{ startSession: 1 }, 59, 'startSession'],
  [{ collMod: 'docs' }, 59, 'collMod'],
  [{ renameCollection: 't.docs' }, 59, 'renameCollection'],

  [find({}, { tailable: true }), 40415, 'tailable'],
  [find({}, { collation: { locale: 'de' } }), 40415, 'collation'],
  [find({}, { returnKey: true }), 40415, 'returnKey'],
  [find({}, { min: { a: 1 } }), 40415, 'min'],
  [find({}, { allowDiskUse: true }), 40415, 'allowDiskUse'],
  [find({}, { hint: 'nowhere' }), 2, 'hint'],
  [find({}, { sort: { a: { $meta: 'textScore' } } }), 2, 'a'],
  [find({}, { limit: 1.5 }), 2, 'whole number'],
  [find({}, { projection: { list: { $slice: 1 } } }), 238, 'list'],
  [find({}, { projection: { a: 1, list: 0 } }), 31254, 'projection'],
  [find({}, { readConcern: { level: 'snapshot' } }), 123, 'snapshot'],
  [find({}, { readConcern: { level: 'linearizable' } }), 123, 'linearizable'],
  [find({}, { txnNumber: Long.ONE, lsid: undefined }), 20, 'Transaction numbers'],
  [{ count: 'docs', query: {}, collation: {} }, 40415, 'collation'],
  [{ create: 'docs2', capped: true, size: 5 }, 40415, 'capped'],
  [{ create: 'docs2', viewOn: 'docs', pipeline: [] }, 40415, 'viewOn'],
  [{ insert: 'docs', documents: [{ a: 1 }], bypassDocumentValidation: true }, 40415, 'bypassDocumentValidation'],
  [{ insert: 'docs', documents: [{ a: 1 }], writeConcern: { w: 2 } }, 2, "'w'"],
  [{ insert: 'docs', documents: [{ a: 1 }], writeConcern: { w: 'nearby' } }, 2, "'w'"],
  [{ findAndModify: 'docs', query: {}, update: {}, arrayFilters: [] }, 40415, 'arrayFilters'],
  [{ explain: { aggregate: 'docs', pipeline: [] } }, 238, 'aggregate'],
  [{ explain: { find: 'docs', collation: {} } }, 40415, 'collation'],
  [{ listCollections: 1, filter: { type: 'view' } }, 40415, 'type'],

  [find({ $where: 'true' }), 2, '$where'],
  [find({ $text: { $search: 'a' } }), 2, '$text'],
  [find({ $jsonSchema: {} }), 2, '$jsonSchema'],
  [find({ a: { $near: [0, 0] } }), 2, '$near'],
  [find({ a: { $geoWithin: {} } }), 2, '$geoWithin'],
  [find({ a: { $bitsAllSet: 1 } }), 2, '$bitsAllSet'],
  [find({ a: { $gt: 1, $nonsense: 1 } }), 2, '$nonsense'],
  [find({ a: { $not: { $nonsense: 1 } } }), 2, '$nonsense'],
  [find({ list: { $elemMatch: { $nonsense: 1 } } }), 2, '$nonsense'],
  [find({ a: { $type: 'nonsense' } }), 2, 'nonsense'],
  [find({ a: { $regex: 'a', $options: 'q' } }), 2, 'q'],
  [find({ a: { $regex: 'a', $options: 'x' } }), 238, 'x'],
  [find({ $expr: { $add: [1, 2] } }), 2, '$add'],
  [find({ $expr: { $eq: ['$$nowhere', 1] } }), 2, 'nowhere'],

  [update({ $rename: { a: 'b' } }), 9, '$rename'],
  [update({ $bit: { a: { and: 1 } } }), 9, '$bit'],
  [update({ $set: { 'list.$': 2 } }), 238, 'list.$'],
  [update({ $set: { 'list.$[]': 2 } }), 238, 'list.$[]'],
  [update({ $push: { list: { $each: [1], $slice: 1 } } }), 2, '$slice'],
  [update([{ $set: { a: 2 } }]), 238, 'pipeline'],
  [update({ $set: { a: 2 } }, { arrayFilters: [] }), 40415, 'arrayFilters'],
  [update({ $set: { a: 2 } }, { collation: {} }), 40415, 'collation'],
  [{ delete: 'docs', deletes: [{ limit: 0 }] }, 40414, 'q'],
  [{ delete: 'docs', deletes: [{ q: {} }] }, 9, 'limit'],
  [{ update: 'docs', updates: [{ u: { $set: { a: 2 } }, multi: true }] }, 40414, 'q'],
  [{ insert: 'docs', documents: [5] }, 14, 'documents'],
  [{ insert: 'docs', documents: 5 }, 9, 'documents'],
  [{ insert: 5, documents: [] }, 2, 'collection name'],
  [{ createIndexes: 'docs', indexes: [{ key: { a: 1 } }] }, 2, 'name'],
  [{ delete: 'docs', deletes: [{ q: {}, limit: 1, collation: {} }] }, 40415, 'collation'],

  [pipeline({ $geoNear: {} }), 40324, '$geoNear'],
  [pipeline({ $out: 'other' }), 40324, '$out'],
  [pipeline({ $merge: 'other' }), 40324, '$merge'],
  [pipeline({ $changeStream: {} }), 40324, '$changeStream'],
  [pipeline({ $facet: {} }), 40324, '$facet'],
  [pipeline({ $match: { $nonsense: 1 } }), 2, '$nonsense'],
  [pipeline({ $group: { _id: null, most: { $max: '$a' } } }), 238, 'most'],
  [pipeline({ $project: { b: { $concat: ['a'] } } }), 238, 'b'],
  [pipeline({ $unwind: { path: '$list', includeArrayIndex: 'at' } }), 9, 'includeArrayIndex'],
  [pipeline({ $lookup: { from: 'docs', as: 'b', restrict: 1 } }), 9, 'restrict'],

  [index({ key: { a: 'text' } }), 67, 'a'],
  [index({ key: { a: '2dsphere' } }), 67, 'a'],
  [index({ key: { '$**': 1 } }), 67, '$**'],
  [index({ collation: { locale: 'de' } }), 197, 'collation'],
  [index({ hidden: true }), 197, 'hidden'],
  [index({ partialFilterExpression: { a: { $ne: 1 } } }), 67, '$ne'],
];

describe('outside the scope,', () => {
  it.each(refused.map(([command, code, word]) => ({ name: JSON.stringify(command), command, code, word })))(
    '$name is refused with $code and a message that names it',
    async ({ command, code, word }) => {
      const answer = await ask(command);
      expect(answer).toMatchObject({ code, message: expect.stringContaining(word) as string });
      expect(answer.codeName ?? '').not.toMatch(/InternalError/);
    },
  );

  it('no refused command has changed stored data', async () => {
    const { client } = started;
    expect(await client.db('t').collection('docs').find().toArray()).toEqual([{ _id: 1, a: 1, list: [1] }]);
    expect((await client.db('t').listCollections().toArray()).map(({ name }) => name)).toEqual(['docs']);
    expect(await client.db('t').collection('docs').indexes()).toHaveLength(1);
  });
});

describe('a scan', () => {
  it('fails when its time is over', async () => {
    const many = started.client.db('t2').collection('many');
    await many.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n })));
    for (const work of [
      () => many.find({ n: -1 }, { maxTimeMS: 1 }).toArray(),
      () => many.aggregate([{ $match: { n: -1 } }], { maxTimeMS: 1 }).toArray(),
      () => many.countDocuments({ n: -1 }, { maxTimeMS: 1 }),
      () => many.distinct('n', { n: -1 }, { maxTimeMS: 1 }),
    ])
      await expect(work()).rejects.toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
    expect(await many.find({ n: 5 }, { maxTimeMS: 600_000 }).toArray()).toHaveLength(1);
  });

  it('of more than 1,000 records is logged once, without values', async () => {
    const folder = temporaryFolder();
    const bundle = await bundleEngine();
    const engine = await startEngineProcess(bundle.processPath, `${folder.path}/d`, `${folder.path}/s/e.sock`);
    const client = await new MongoClient(engine.uri).connect();
    const many = client.db('t').collection('many');
    await many.insertMany(Array.from({ length: 1_500 }, (_, n) => ({ n, word: 'secret' })));
    for (let n = 0; n < 3; n++) await many.findOne({ word: 'nobody', n: -1 });
    await many.findOne({ _id: { $exists: true } });
    await client.close();
    await engine.kill('SIGTERM');
    expect(engine.errorOutput()).toBe(
      'database: a query of t.many by {word, n} scanned 1500 records, because no index serves it\n',
    );
    bundle.remove();
    folder.remove();
  });
});

interface Refusal {
  code?: unknown;
  codeName?: string;
  message?: string;
}

/** The failure of a command, or of its first failed statement. */
async function ask(command: Document): Promise<Refusal> {
  try {
    const reply = await started.client.db('t').command(command);
    const [failed] = (reply['writeErrors'] ?? []) as { code: number; errmsg: string }[];
    return failed === undefined ? {} : { code: failed.code, message: failed.errmsg };
  } catch (error) {
    return error as Refusal;
  }
}
