import { Double, Int32, Long, ObjectId } from 'bson';
import type { Catalog, Collection, IndexSpec } from './catalog.ts';
import { CommandError } from './errors.ts';
import { buildIndex, insertRecord, removeRecord, replaceRecord } from './indexes.ts';
import { encodeExact } from './keys.ts';
import { aggregate } from './aggregate.ts';
import { isCondition } from './match.ts';
import { valuesAt } from './paths.ts';
import { type Found, type Walk, countDocs, findDocs, planQuery } from './planner.ts';
import { compileProjection, parseSort } from './project.ts';
import type { Store } from './store.ts';
import { compileUpdate, upsertSeed } from './update.ts';
import { type Doc, encode, isDoc, isNumber, isTruthy, toNumber } from './values.ts';
import { MAX_DOCUMENT_BYTES, type Handler, type Reply, type Request, documentsOf } from './wire.ts';

export interface Engine {
  store: Store;
  catalog: Catalog;
}

type Command = (engine: Engine, request: Request, db: string, cursors: Cursors) => Reply | Promise<Reply>;

interface Cursor {
  /** Already as bytes; those before `at` have been sent. */
  documents: Uint8Array[];
  at: number;
  ns: string;
  touchedAt: number;
}

/** Open cursors of all connections, for a driver continues on whichever connection is free. */
type Cursors = Map<bigint, Cursor>;

const CURSOR_IDLE_MS = 600_000;

/** What a driver adds to any command. A standalone without journal choices has nothing to do about them, and says so by accepting only what it keeps. */
const commonOptions = [
  '$db',
  'lsid',
  'comment',
  'maxTimeMS',
  'readConcern',
  'writeConcern',
  '$readPreference',
  'apiVersion',
  '$clusterTime',
];

/** The handler of all connections of an engine. Never throws: every failure is a reply. */
export function createHandler(engine: Engine): Handler {
  const cursors: Cursors = new Map();
  return async (request) => {
    const [name = ''] = Object.keys(request.body);
    try {
      const found = Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (found === undefined) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
      if (found.options !== null) {
        const allowed = [name, ...found.options, ...commonOptions];
        const unknown = [...Object.keys(request.body), ...request.sequences.keys()].find(
          (key) => !allowed.includes(key),
        );
        if (unknown !== undefined)
          throw new CommandError('UnknownField', `BSON field '${name}.${unknown}' is an unknown field.`);
      }
      checkConcerns(request.body);
      const reply = await found.run(engine, request, String(request.body['$db'] ?? 'admin'), cursors);
      return { ...reply, body: { ...reply.body, ok: new Double(1) } };
    } catch (error) {
      return { body: { ok: new Double(0), ...failure(error) } };
    }
  };
}

function failure(error: unknown): Doc {
  if (error instanceof CommandError)
    return { errmsg: error.message, code: new Int32(error.code), codeName: error.codeName, ...error.extra };
  // A broken BSON document or a bug: the driver gets a code, the connection lives.
  return {
    errmsg: error instanceof Error ? error.message : 'unknown error',
    code: new Int32(1),
    codeName: 'InternalError',
  };
}

/** Every write is flushed before its answer, so any concern is met, except one that asks for no answer or for replicas. */
function checkConcerns(body: Doc): void {
  const write = body['writeConcern'];
  if (isDoc(write)) {
    const w = write['w'];
    if (isNumber(w) && toNumber(w) > 1)
      throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
  }
  if (body['txnNumber'] !== undefined || body['startTransaction'] !== undefined) {
    throw new CommandError(
      'IllegalOperation',
      'Transaction numbers are only allowed on a replica set member or mongos',
    );
  }
}

const hello: Command = () => ({
  body: {
    helloOk: true,
    ismaster: true,
    isWritablePrimary: true,
    maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
    maxMessageSizeBytes: new Int32(48_000_000),
    maxWriteBatchSize: new Int32(100_000),
    localTime: new Date(),
    logicalSessionTimeoutMinutes: new Int32(30),
    connectionId: new Int32(1),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(21),
    readOnly: false,
  },
});

function collectionName(request: Request): string {
  const name = Object.values(request.body)[0];
  if (typeof name !== 'string') throw new CommandError('BadValue', 'collection name has invalid type');
  return name;
}

function integer(value: unknown, fallback = 0): number {
  if (value === undefined || value === null) return fallback;
  const number = isNumber(value) ? toNumber(value) : Number.NaN;
  if (!Number.isInteger(number)) throw new CommandError('BadValue', 'expected a whole number');
  return number;
}

function docOption(value: unknown, name: string): Doc {
  if (value === undefined || value === null) return {};
  if (!isDoc(value))
    throw new CommandError('TypeMismatch', `BSON field '${name}' is the wrong type, expected type 'object'`);
  return value;
}

function hintName(collection: Collection, hint: unknown): string | undefined {
  if (hint === undefined) return undefined;
  if (isDoc(hint) && Object.hasOwn(hint, '$natural')) return '$natural';
  const wanted = collection.indexes.find((index) =>
    typeof hint === 'string' ? index.name === hint : isDoc(hint) && samePattern(index, hint),
  );
  if (wanted === undefined)
    throw new CommandError('BadValue', 'hint provided does not correspond to an existing index');
  return wanted.name;
}

function samePattern(index: IndexSpec, key: Doc): boolean {
  const entries = Object.entries(key);
  return (
    entries.length === index.key.length &&
    index.key.every(([path, direction], at) => entries[at]?.[0] === path && toNumber(entries[at]?.[1]) === direction)
  );
}

// Reading

const find: Command = ({ store, catalog }, request, db, cursors) => {
  const name = collectionName(request);
  const { body } = request;
  const collection = catalog.find(db, name);
  const filter = docOption(body['filter'], 'filter');
  const limit = Math.abs(integer(body['limit']));
  const options = { sort: parseSort(docOption(body['sort'], 'sort')), skip: integer(body['skip']), limit };
  const project = compileProjection(docOption(body['projection'], 'projection'));
  const isProjected = Object.keys(docOption(body['projection'], 'projection')).length > 0;
  const found =
    collection === undefined
      ? (planQuery(empty, filter, []), [])
      : findDocs(store, collection, filter, { ...options, hint: hintName(collection, body['hint']) });
  const documents = found.map(({ doc, bytes }) => (isProjected ? encode(project(doc)) : bytes));
  return firstBatch(
    documents,
    `${db}.${name}`,
    cursors,
    integer(body['batchSize'], 101),
    isTruthy(body['singleBatch']),
  );
};

const empty: Collection = { id: 0, db: '', name: '', indexes: [], nextRid: 1 };
let nextCursorId = 1n;
const MAX_BATCH_BYTES = 16_000_000;

function firstBatch(
  documents: Uint8Array[],
  ns: string,
  cursors: Cursors,
  batchSize: number,
  isSingle: boolean,
): Reply {
  const batch = takeBatch(documents, batchSize);
  const isDone = batch.length === documents.length || isSingle;
  const cursorId = isDone ? 0n : nextCursorId++;
  if (!isDone) {
    const now = Date.now();
    for (const [id, { touchedAt }] of cursors) if (now - touchedAt > CURSOR_IDLE_MS) cursors.delete(id);
    cursors.set(cursorId, { documents, at: batch.length, ns, touchedAt: now });
  }
  return { body: {}, batch: { name: 'firstBatch', documents: batch, ns, cursorId } };
}

function takeBatch(documents: Uint8Array[], batchSize: number, from = 0): Uint8Array[] {
  const batch: Uint8Array[] = [];
  let bytes = 0;
  for (let at = from; at < documents.length; at++) {
    const document = documents[at] as Uint8Array;
    if (batch.length >= batchSize || (bytes + document.length > MAX_BATCH_BYTES && batch.length > 0)) break;
    bytes += document.length;
    batch.push(document);
  }
  return batch;
}

const getMore: Command = (_engine, request, db, cursors) => {
  const id = request.body['getMore'];
  const cursorId = id instanceof Long ? id.toBigInt() : BigInt(integer(id));
  const cursor = cursors.get(cursorId);
  if (cursor === undefined || cursor.ns !== `${db}.${String(request.body['collection'])}`)
    throw new CommandError('CursorNotFound', `cursor id ${cursorId} not found`);
  const batch = takeBatch(
    cursor.documents,
    integer(request.body['batchSize'], Number.MAX_SAFE_INTEGER) || Number.MAX_SAFE_INTEGER,
    cursor.at,
  );
  cursor.at += batch.length;
  cursor.touchedAt = Date.now();
  const isDone = cursor.at >= cursor.documents.length;
  if (isDone) cursors.delete(cursorId);
  return {
    body: {},
    batch: {
      name: 'nextBatch',
      documents: batch,
      ns: cursor.ns,
      cursorId: isDone ? 0n : cursorId,
    },
  };
};

const killCursors: Command = (_engine, request, _db, cursors) => {
  const ids = (request.body['cursors'] as Long[]) ?? [];
  const killed = ids.filter((id) => cursors.delete(id.toBigInt()));
  return {
    body: {
      cursorsKilled: killed,
      cursorsNotFound: ids.filter((id) => !killed.includes(id)),
      cursorsAlive: [],
      cursorsUnknown: [],
    },
  };
};

const aggregateCommand: Command = ({ store, catalog }, request, db, cursors) => {
  const name = collectionName(request);
  const pipeline = request.body['pipeline'];
  if (!Array.isArray(pipeline))
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  const variables = docOption(request.body['let'], 'let');
  const documents = aggregate(store, catalog, db, name, pipeline as Doc[], variables).map(encode);
  const cursor = docOption(request.body['cursor'], 'cursor');
  return firstBatch(documents, `${db}.${name}`, cursors, integer(cursor['batchSize'], 101), false);
};

const count: Command = ({ store, catalog }, request, db) => {
  const collection = catalog.find(db, collectionName(request));
  const query = docOption(request.body['query'], 'query');
  const skip = integer(request.body['skip']);
  const limit = integer(request.body['limit']);
  const all = collection === undefined ? 0 : countDocs(store, collection, query);
  const rest = Math.max(0, all - skip);
  return { body: { n: new Int32(limit > 0 ? Math.min(limit, rest) : rest) } };
};

const distinct: Command = ({ store, catalog }, request, db) => {
  const collection = catalog.find(db, collectionName(request));
  const key = String(request.body['key']);
  const values = new Map<string, unknown>();
  const found = collection === undefined ? [] : findDocs(store, collection, docOption(request.body['query'], 'query'));
  for (const { doc } of found) {
    for (const met of valuesAt(doc, key)) {
      if (met.isMissing) continue;
      for (const value of Array.isArray(met.value) ? met.value : [met.value])
        values.set(encodeExact(value).toString('latin1'), value);
    }
  }
  return {
    body: {
      values: [...values.entries()]
        .sort(([a], [b]) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')))
        .map(([, value]) => value),
    },
  };
};

const explain: Command = ({ store, catalog }, request, db) => {
  const inner = docOption(request.body['explain'], 'explain');
  const [verb, name] = Object.entries(inner)[0] ?? [];
  const collection = catalog.find(db, String(name));
  if (verb !== 'find' && verb !== 'count')
    throw new CommandError('NotImplemented', `explain of '${verb}' is outside the scope of the embedded database`);
  const filter = docOption(inner['filter'] ?? inner['query'], 'filter');
  const sort = parseSort(docOption(inner['sort'], 'sort'));
  if (collection === undefined) return { body: { queryPlanner: { winningPlan: { stage: 'EOF' } } } };
  const hint = hintName(collection, inner['hint']);
  const plan = planQuery(collection, filter, sort, hint);
  const walk: Walk = { examined: 0 };
  const found = findDocs(store, collection, filter, {
    sort,
    limit: integer(inner['limit']),
    skip: integer(inner['skip']),
    hint,
    walk,
  });
  const stage =
    plan.index === null
      ? { stage: 'COLLSCAN' }
      : {
          stage: 'FETCH',
          inputStage: {
            stage: 'IXSCAN',
            indexName: plan.index.name,
            keyPattern: Object.fromEntries(plan.index.key),
            direction: plan.reverse ? 'backward' : 'forward',
          },
        };
  return {
    body: {
      queryPlanner: {
        namespace: `${db}.${String(name)}`,
        winningPlan: sort.length > 0 && !plan.coversSort ? { stage: 'SORT', inputStage: stage } : stage,
      },
      executionStats: { nReturned: new Int32(found.length), totalDocsExamined: new Int32(walk.examined) },
    },
  };
};

// Writing

interface WriteError {
  index: number;
  failure: Doc;
}

/** Errors of a bulk, in order; with `ordered` the first ends it. What went before stays. */
function runEach<T>(items: T[], isOrdered: boolean, work: (item: T, index: number) => void): WriteError[] {
  const errors: WriteError[] = [];
  for (const [index, item] of items.entries()) {
    try {
      work(item, index);
    } catch (error) {
      // Anything else may have left a document half written: the store undoes the batch.
      if (!(error instanceof CommandError)) throw error;
      errors.push({ index, failure: failure(error) });
      if (isOrdered) break;
    }
  }
  return errors;
}

function withErrors(body: Doc, errors: WriteError[]): Reply {
  if (errors.length === 0) return { body };
  return {
    body: {
      ...body,
      writeErrors: errors.map(({ index, failure: { codeName: _, ...rest } }) => ({ index: new Int32(index), ...rest })),
    },
  };
}

function orderedOption(body: Doc): boolean {
  return body['ordered'] === undefined ? true : isTruthy(body['ordered']);
}

function checkDocument(doc: Doc, bytes: Buffer): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) throw new CommandError('BSONObjectTooLarge', 'object to insert too large');
  const id = doc['_id'];
  if (Array.isArray(id) || id === undefined)
    throw new CommandError('InvalidIdField', "The '_id' value cannot be an array or undefined");
  const dollar = Object.keys(doc).find((key) => key.startsWith('$'));
  if (dollar !== undefined)
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${dollar}' is not allowed in the context of an insert.`,
    );
}

const insert: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  const items = documentsOf(request, 'documents');
  return store.write(() => {
    const collection = catalog.find(db, name) ?? catalog.create(db, name);
    let n = 0;
    const errors = runEach(items, orderedOption(request.body), ({ doc, bytes }) => {
      const hasId = Object.hasOwn(doc, '_id');
      const stored = hasId ? doc : { _id: new ObjectId(), ...doc };
      const encoded = bytes !== null && hasId ? bytes : encode(stored);
      checkDocument(stored, encoded);
      insertRecord(store, catalog, collection, stored, encoded);
      n++;
    });
    return withErrors({ n: new Int32(n) }, errors);
  });
};

const update: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  const items = documentsOf(request, 'updates');
  return store.write(() => {
    let matched = 0;
    let modified = 0;
    const upserted: Doc[] = [];
    const errors = runEach(items, orderedOption(request.body), ({ doc: statement }, index) => {
      only(statement, ['q', 'u', 'multi', 'upsert', 'hint'], 'update.updates');
      const query = docOption(statement['q'], 'q');
      const change = compileUpdate(statement['u']);
      const isMulti = isTruthy(statement['multi']);
      const collection = catalog.find(db, name);
      const found =
        collection === undefined
          ? []
          : findDocs(store, collection, query, {
              limit: isMulti ? 0 : 1,
              hint: collection === undefined ? undefined : hintName(collection, statement['hint']),
            });
      if (found.length === 0 && isTruthy(statement['upsert'])) {
        const made = upsert(store, catalog, collection ?? catalog.create(db, name), query, change);
        upserted.push({ index: new Int32(index), _id: made['_id'] });
        return;
      }
      for (const one of found) {
        if (rewrite(store, catalog, collection as Collection, one, change) !== null) modified++;
        matched++;
      }
    });
    const body: Doc = { n: new Int32(matched + upserted.length), nModified: new Int32(modified) };
    if (upserted.length > 0) body['upserted'] = upserted;
    return withErrors(body, errors);
  });
};

/** Returns the document as it stands now, or null where nothing changed. */
function rewrite(
  store: Store,
  catalog: Catalog,
  collection: Collection,
  found: Found,
  change: ReturnType<typeof compileUpdate>,
): Doc | null {
  const after = { ...found.doc };
  deepen(after);
  change(after, false);
  const bytes = encode(after);
  if (bytes.equals(found.bytes)) return null;
  checkDocument(after, bytes);
  replaceRecord(store, catalog, collection, found.rid, found.doc, after, bytes);
  return after;
}

/** Copies nested documents and arrays, so that an update leaves what the indexes knew before intact. */
function deepen(doc: Doc | unknown[]): void {
  const holder = doc as Doc;
  for (const [key, value] of Object.entries(holder)) {
    if (Array.isArray(value)) deepen((holder[key] = [...(value as unknown[])]) as unknown[]);
    else if (isDoc(value)) deepen((holder[key] = { ...value }) as Doc);
  }
}

function upsert(
  store: Store,
  catalog: Catalog,
  collection: Collection,
  query: Doc,
  change: ReturnType<typeof compileUpdate>,
): Doc {
  const doc = upsertSeed(query);
  change(doc, true);
  const { _id: id = new ObjectId(), ...rest } = doc;
  const made = { _id: id, ...rest };
  const bytes = encode(made);
  checkDocument(made, bytes);
  insertRecord(store, catalog, collection, made, bytes);
  return made;
}

const deleteCommand: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  const items = documentsOf(request, 'deletes');
  return store.write(() => {
    let n = 0;
    const collection = catalog.find(db, name);
    const errors = runEach(items, orderedOption(request.body), ({ doc: statement }) => {
      only(statement, ['q', 'limit', 'hint'], 'delete.deletes');
      if (collection === undefined) return;
      for (const found of findDocs(store, collection, docOption(statement['q'], 'q'), {
        limit: integer(statement['limit']),
        hint: hintName(collection, statement['hint']),
      })) {
        removeRecord(store, collection, found.rid, found.doc);
        n++;
      }
    });
    return withErrors({ n: new Int32(n) }, errors);
  });
};

const findAndModify: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  const { body } = request;
  const query = docOption(body['query'], 'query');
  const sort = parseSort(docOption(body['sort'], 'sort'));
  const project = compileProjection(docOption(body['fields'], 'fields'));
  const wantsNew = isTruthy(body['new']);
  const isRemoval = isTruthy(body['remove']);
  if (isRemoval && body['update'] !== undefined)
    throw new CommandError('FailedToParse', 'Cannot specify both an update and remove=true');
  const change = isRemoval ? null : compileUpdate(body['update']);
  return store.write(() => {
    const collection = catalog.find(db, name);
    const [found] = collection === undefined ? [] : findDocs(store, collection, query, { sort, limit: 1 });
    if (found !== undefined && collection !== undefined) {
      if (change === null) {
        removeRecord(store, collection, found.rid, found.doc);
        return { body: { lastErrorObject: { n: new Int32(1) }, value: project(found.doc) } };
      }
      const after = rewrite(store, catalog, collection, found, change) ?? found.doc;
      return {
        body: {
          lastErrorObject: { n: new Int32(1), updatedExisting: true },
          value: project(wantsNew ? after : found.doc),
        },
      };
    }
    if (change !== null && isTruthy(body['upsert'])) {
      const made = upsert(store, catalog, collection ?? catalog.create(db, name), query, change);
      return {
        body: {
          lastErrorObject: { n: new Int32(1), updatedExisting: false, upserted: made['_id'] },
          value: wantsNew ? project(made) : null,
        },
      };
    }
    return {
      body: {
        lastErrorObject: isRemoval ? { n: new Int32(0) } : { n: new Int32(0), updatedExisting: false },
        value: null,
      },
    };
  });
};

function only(spec: Doc, allowed: string[], where: string): void {
  const unknown = Object.keys(spec).find((key) => !allowed.includes(key));
  if (unknown !== undefined)
    throw new CommandError('UnknownField', `BSON field '${where}.${unknown}' is an unknown field.`);
}

// Collections and indexes

const createIndexes: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  const wanted = documentsOf(request, 'indexes').map(({ doc }) => parseIndex(doc));
  return store.write(() => {
    const existed = catalog.find(db, name);
    const collection = existed ?? catalog.create(db, name);
    const before = collection.indexes.length;
    for (const spec of wanted) {
      const same = collection.indexes.find((index) => samePattern(index, Object.fromEntries(spec.key)));
      const named = collection.indexes.find((index) => index.name === spec.name);
      const standing = same ?? named;
      if (standing !== undefined) {
        if (standing.name === '_id_' && same !== undefined) continue;
        if (same === undefined)
          throw new CommandError(
            'IndexKeySpecsConflict',
            `An existing index has the same name as the requested index: ${spec.name}`,
          );
        if (!sameOptions(standing, spec) || standing.name !== spec.name)
          throw new CommandError(
            'IndexOptionsConflict',
            `Index already exists with a different name or options: ${standing.name}`,
          );
        continue;
      }
      const index = catalog.addIndex(collection, spec);
      try {
        buildIndex(store, collection, index);
      } catch (error) {
        catalog.removeIndex(collection, index);
        throw error;
      }
    }
    catalog.save(collection);
    return {
      body: {
        numIndexesBefore: new Int32(before),
        numIndexesAfter: new Int32(collection.indexes.length),
        createdCollectionAutomatically: existed === undefined,
      },
    };
  });
};

type NewIndex = Omit<IndexSpec, 'id' | 'multikey' | 'hasShortened'>;

const indexOptions = [
  'key',
  'name',
  'unique',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
  'v',
];

function parseIndex(doc: Doc): NewIndex {
  const unknown = Object.keys(doc).find((option) => !indexOptions.includes(option));
  if (unknown !== undefined)
    throw new CommandError(
      'InvalidIndexSpecificationOption',
      `The field '${unknown}' is not valid for an index specification of the embedded database`,
    );
  const key = Object.entries(docOption(doc['key'], 'key')).map(([path, direction]): [string, 1 | -1] => {
    const sign = isNumber(direction) ? toNumber(direction) : Number.NaN;
    if (sign !== 1 && sign !== -1)
      throw new CommandError('CannotCreateIndex', `only ascending and descending indexes are supported: '${path}'`);
    if (path === '' || path.startsWith('$') || path.includes('$**'))
      throw new CommandError('CannotCreateIndex', `index keys cannot be named '${path}'`);
    return [path, sign];
  });
  if (key.length === 0) throw new CommandError('CannotCreateIndex', 'Index keys cannot be empty.');
  const partial =
    doc['partialFilterExpression'] === undefined
      ? null
      : docOption(doc['partialFilterExpression'], 'partialFilterExpression');
  if (partial !== null) checkPartial(partial);
  const expire = doc['expireAfterSeconds'];
  if (expire !== undefined && key.length > 1)
    throw new CommandError('CannotCreateIndex', 'TTL indexes are single-field indexes');
  return {
    name: String(doc['name']),
    key,
    unique: isTruthy(doc['unique']),
    sparse: isTruthy(doc['sparse']),
    partial,
    expireAfterSeconds: expire === undefined ? null : integer(expire),
  };
}

/**
 * MongoDB's list. The planner relies on it: each of these holds for a document as soon as one value at the path meets
 * it, so what follows for a value follows for an array that holds it. `$ne` or `$not` would not.
 */
const partialOperators = ['$eq', '$in', '$exists', '$gt', '$gte', '$lt', '$lte', '$type'];

function checkPartial(partial: Doc): void {
  for (const [path, clause] of Object.entries(partial)) {
    if (path === '$and' && Array.isArray(clause)) {
      for (const part of clause) checkPartial(docOption(part, '$and'));
      continue;
    }
    const operators = path.startsWith('$') ? [path] : isCondition(clause) ? Object.keys(clause) : [];
    const refused = operators.find(
      (operator) =>
        !partialOperators.includes(operator) ||
        (operator === '$exists' && isCondition(clause) && !isTruthy(clause['$exists'])),
    );
    if (refused !== undefined)
      throw new CommandError('CannotCreateIndex', `Expression not supported in partial index: ${refused}`);
  }
}

function sameOptions(a: NewIndex, b: NewIndex): boolean {
  const partialOf = (spec: NewIndex) => (spec.partial === null ? '' : encode(spec.partial).toString('latin1'));
  return (
    a.unique === b.unique &&
    a.sparse === b.sparse &&
    a.expireAfterSeconds === b.expireAfterSeconds &&
    partialOf(a) === partialOf(b)
  );
}

function mustFind(catalog: Catalog, db: string, name: string): Collection {
  const collection = catalog.find(db, name);
  if (collection === undefined) throw new CommandError('NamespaceNotFound', `ns does not exist: ${db}.${name}`);
  return collection;
}

function listed(documents: Doc[], ns: string, cursors: Cursors): Reply {
  return firstBatch(documents.map(encode), ns, cursors, Number.MAX_SAFE_INTEGER, true);
}

const listIndexes: Command = ({ catalog }, request, db, cursors) => {
  const collection = mustFind(catalog, db, collectionName(request));
  const documents = collection.indexes.map((index) => ({
    v: new Int32(2),
    key: Object.fromEntries(index.key.map(([path, direction]) => [path, new Int32(direction)])),
    name: index.name,
    ...(index.unique && index.name !== '_id_' ? { unique: true } : {}),
    ...(index.sparse ? { sparse: true } : {}),
    ...(index.partial === null ? {} : { partialFilterExpression: index.partial }),
    ...(index.expireAfterSeconds === null ? {} : { expireAfterSeconds: new Int32(index.expireAfterSeconds) }),
  }));
  return listed(documents, `${db}.$cmd.listIndexes.${collection.name}`, cursors);
};

const dropIndexes: Command = ({ store, catalog }, request, db) => {
  const collection = mustFind(catalog, db, collectionName(request));
  const wanted = request.body['index'];
  return store.write(() => {
    const before = collection.indexes.length;
    const going = collection.indexes.filter(
      (index) =>
        index.name !== '_id_' &&
        (wanted === '*' || index.name === wanted || (isDoc(wanted) && samePattern(index, wanted))),
    );
    if (going.length === 0 && wanted !== '*')
      throw new CommandError('IndexNotFound', `index not found with name [${String(wanted)}]`);
    for (const index of going) catalog.removeIndex(collection, index);
    return { body: { nIndexesWas: new Int32(before) } };
  });
};

const create: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  return store.write(() => {
    if (catalog.find(db, name) !== undefined)
      throw new CommandError('NamespaceExists', `Collection ${db}.${name} already exists.`);
    catalog.create(db, name);
    return { body: {} };
  });
};

const drop: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  return store.write(() => {
    const collection = catalog.find(db, name);
    if (collection !== undefined) catalog.drop(collection);
    return { body: { ns: `${db}.${name}` } };
  });
};

const dropDatabase: Command = ({ store, catalog }, _request, db) =>
  store.write(() => {
    for (const collection of catalog.all()) if (collection.db === db) catalog.drop(collection);
    return { body: { dropped: db } };
  });

const listCollections: Command = ({ catalog }, request, db, cursors) => {
  const filter = docOption(request.body['filter'], 'filter');
  only(filter, ['name'], 'listCollections.filter');
  const documents = catalog
    .all()
    .filter(
      (collection) => collection.db === db && (filter['name'] === undefined || filter['name'] === collection.name),
    )
    .map(({ name }) => ({ name, type: 'collection', options: {}, info: { readOnly: false } }));
  return listed(documents, `${db}.$cmd.listCollections`, cursors);
};

const listDatabases: Command = ({ catalog }) => {
  const names = [...new Set(catalog.all().map(({ db }) => db))];
  return { body: { databases: names.map((name) => ({ name, empty: false })), totalSize: new Int32(0) } };
};

const ok: Command = () => ({ body: {} });

/** A command's options beyond the common ones; null accepts what the hand-shake brings. */
const commands: Record<string, { run: Command; options: string[] | null }> = {
  hello: { run: hello, options: null },
  ismaster: { run: hello, options: null },
  isMaster: { run: hello, options: null },
  ping: { run: ok, options: [] },
  endSessions: { run: ok, options: [] },
  buildInfo: {
    run: () => ({
      body: {
        version: '7.0.0',
        versionArray: [7, 0, 0, 0].map((part) => new Int32(part)),
        modules: [],
        bits: new Int32(64),
        maxBsonObjectSize: new Int32(MAX_DOCUMENT_BYTES),
      },
    }),
    options: [],
  },
  find: { run: find, options: ['filter', 'sort', 'projection', 'skip', 'limit', 'batchSize', 'singleBatch', 'hint'] },
  getMore: { run: getMore, options: ['collection', 'batchSize'] },
  killCursors: { run: killCursors, options: ['cursors'] },
  aggregate: { run: aggregateCommand, options: ['pipeline', 'cursor', 'let'] },
  count: { run: count, options: ['query', 'skip', 'limit', 'hint'] },
  distinct: { run: distinct, options: ['key', 'query'] },
  explain: { run: explain, options: ['verbosity'] },
  insert: { run: insert, options: ['documents', 'ordered'] },
  update: { run: update, options: ['updates', 'ordered'] },
  delete: { run: deleteCommand, options: ['deletes', 'ordered'] },
  findAndModify: { run: findAndModify, options: ['query', 'sort', 'fields', 'update', 'new', 'remove', 'upsert'] },
  createIndexes: { run: createIndexes, options: ['indexes'] },
  listIndexes: { run: listIndexes, options: ['cursor'] },
  dropIndexes: { run: dropIndexes, options: ['index'] },
  create: { run: create, options: [] },
  drop: { run: drop, options: [] },
  dropDatabase: { run: dropDatabase, options: [] },
  listCollections: { run: listCollections, options: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'] },
  listDatabases: { run: listDatabases, options: ['nameOnly'] },
};
