import { Int32, ObjectId } from 'bson';
import type { Collection } from './catalog.ts';
import { type Command, type Commands, type Engine, collectionName, hintName, executionOf } from './command.ts';
import { docOption, integer, refuseUnknown } from './options.ts';
import { CommandError, failure } from './errors.ts';
import { insertRecord, removeRecord, replaceRecord } from './indexes.ts';
import { type Found, findDocs } from './find-documents.ts';
import { compileProjection } from './projection.ts';
import { parseSort } from './sorting.ts';
import { type Update, compileUpdate, upsertSeed } from './update.ts';
import { type Doc, encode, isDoc } from './doc.ts';
import { isTruthy } from './value-types.ts';
import { MAX_DOCUMENT_BYTES, type Reply, documentsOf } from './wire.ts';

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

const update: Command = (engine, request, db) => {
  const { store, catalog } = engine;
  const name = collectionName(request);
  const execution = executionOf(engine, request.body);
  const items = documentsOf(request, 'updates');
  return store.write(() => {
    let matched = 0;
    let modified = 0;
    const upserted: Doc[] = [];
    const errors = runEach(items, orderedOption(request.body), ({ doc: statement }, index) => {
      refuseUnknown(statement, ['q', 'u', 'multi', 'upsert', 'hint'], 'update.updates');
      const query = queryOf(statement);
      const change = compileUpdate(statement['u']);
      const isMulti = isTruthy(statement['multi']);
      const collection = catalog.find(db, name);
      const found =
        collection === undefined
          ? []
          : findDocs(store, collection, query, {
              execution,
              limit: isMulti ? 0 : 1,
              hint: collection === undefined ? undefined : hintName(collection, statement['hint']),
            });
      if (found.length === 0 && isTruthy(statement['upsert'])) {
        const created = upsert(engine, collection ?? catalog.create(db, name), query, change);
        upserted.push({ index: new Int32(index), _id: created['_id'] });
        return;
      }
      for (const one of found) {
        if (rewrite(engine, collection as Collection, one, change) !== null) modified++;
        matched++;
      }
    });
    const body: Doc = { n: new Int32(matched + upserted.length), nModified: new Int32(modified) };
    if (upserted.length > 0) body['upserted'] = upserted;
    return withErrors(body, errors);
  });
};

const deleteCommand: Command = (engine, request, db) => {
  const { store, catalog } = engine;
  const name = collectionName(request);
  const execution = executionOf(engine, request.body);
  const items = documentsOf(request, 'deletes');
  return store.write(() => {
    let n = 0;
    const collection = catalog.find(db, name);
    const errors = runEach(items, orderedOption(request.body), ({ doc: statement }) => {
      refuseUnknown(statement, ['q', 'limit', 'hint'], 'delete.deletes');
      const limit = integer(statement['limit'], -1);
      if (limit !== 0 && limit !== 1)
        throw new CommandError('FailedToParse', 'the limit field in delete objects must be 0 or 1');
      if (collection === undefined) return;
      for (const found of findDocs(store, collection, queryOf(statement), {
        execution,
        limit,
        hint: hintName(collection, statement['hint']),
      })) {
        removeRecord(store, collection, found.rid, found.doc);
        n++;
      }
    });
    return withErrors({ n: new Int32(n) }, errors);
  });
};

const findAndModify: Command = (engine, request, db) => {
  const { store, catalog } = engine;
  const name = collectionName(request);
  const execution = executionOf(engine, request.body);
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
    const [found] = collection === undefined ? [] : findDocs(store, collection, query, { sort, limit: 1, execution });
    if (found !== undefined && collection !== undefined) {
      if (change === null) {
        removeRecord(store, collection, found.rid, found.doc);
        return { body: { lastErrorObject: { n: new Int32(1) }, value: project(found.doc) } };
      }
      const after = rewrite(engine, collection, found, change) ?? found.doc;
      return {
        body: {
          lastErrorObject: { n: new Int32(1), updatedExisting: true },
          value: project(wantsNew ? after : found.doc),
        },
      };
    }
    if (change !== null && isTruthy(body['upsert'])) {
      const created = upsert(engine, collection ?? catalog.create(db, name), query, change);
      return {
        body: {
          lastErrorObject: { n: new Int32(1), updatedExisting: false, upserted: created['_id'] },
          value: wantsNew ? project(created) : null,
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

interface WriteError {
  index: number;
  failure: Doc;
}

/** Collects a bulk's errors, in order. With `ordered` the first one ends the bulk; earlier writes stay. */
function runEach<T>(items: T[], isOrdered: boolean, work: (item: T, index: number) => void): WriteError[] {
  const errors: WriteError[] = [];
  for (const [index, item] of items.entries()) {
    try {
      work(item, index);
    } catch (error) {
      // Any other error may leave a document half written, so the store rolls the batch back.
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

/** Refuses a missing query, because it would match every document. */
function queryOf(statement: Doc): Doc {
  if (statement['q'] === undefined)
    throw new CommandError('IDLFailedToParse', "BSON field 'q' is missing but a required field");
  return docOption(statement['q'], 'q');
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

/** Returns the new document, or null if nothing changed. */
function rewrite({ store, catalog }: Engine, collection: Collection, found: Found, change: Update): Doc | null {
  const after = { ...found.doc };
  copyNested(after);
  change(after, false);
  const bytes = encode(after);
  if (bytes.equals(found.bytes)) return null;
  checkDocument(after, bytes);
  replaceRecord(store, catalog, collection, found.rid, found.doc, after, bytes);
  return after;
}

/** Copies nested documents and arrays, so that an update does not change the old document, whose index entries are needed. */
function copyNested(doc: Doc | unknown[]): void {
  const holder = doc as Doc;
  for (const [key, value] of Object.entries(holder)) {
    if (Array.isArray(value)) copyNested((holder[key] = [...(value as unknown[])]));
    else if (isDoc(value)) copyNested((holder[key] = { ...value }));
  }
}

function upsert({ store, catalog }: Engine, collection: Collection, query: Doc, change: Update): Doc {
  const doc = upsertSeed(query);
  change(doc, true);
  const { _id: id = new ObjectId(), ...rest } = doc;
  const made = { _id: id, ...rest };
  const bytes = encode(made);
  checkDocument(made, bytes);
  insertRecord(store, catalog, collection, made, bytes);
  return made;
}

export const writing: Commands = {
  insert: { run: insert, options: ['documents', 'ordered'] },
  update: { run: update, options: ['updates', 'ordered', 'maxTimeMS'] },
  delete: { run: deleteCommand, options: ['deletes', 'ordered', 'maxTimeMS'] },
  findAndModify: {
    run: findAndModify,
    options: ['query', 'sort', 'fields', 'update', 'new', 'remove', 'upsert', 'maxTimeMS'],
  },
};
