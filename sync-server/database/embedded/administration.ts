import { Int32 } from 'bson';
import type { Catalog, Collection, IndexSpec } from './catalog.ts';
import { type Command, type Commands, collectionName, samePattern } from './command.ts';
import { docOption, integer, refuseUnknown, textOption } from './options.ts';
import { listed } from './cursors.ts';
import { CommandError } from './errors.ts';
import { buildIndex } from './indexes.ts';
import { isCondition } from './match.ts';
import { type Doc, encode, isDoc } from './doc.ts';
import { isNumber, isTruthy, toNumber } from './value-types.ts';
import { documentsOf } from './wire.ts';

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
  refuseUnknown(filter, ['name'], 'listCollections.filter');
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

const createIndexes: Command = ({ store, catalog }, request, db) => {
  const name = collectionName(request);
  const wanted = documentsOf(request, 'indexes').map(({ doc }) => parseIndex(doc));
  return store.write(() => {
    const before = catalog.find(db, name);
    const collection = before ?? catalog.create(db, name);
    const countBefore = collection.indexes.length;
    for (const spec of wanted) {
      const same = collection.indexes.find((index) => samePattern(index, Object.fromEntries(spec.key)));
      const named = collection.indexes.find((index) => index.name === spec.name);
      const existing = same ?? named;
      if (existing !== undefined) {
        if (existing.name === '_id_' && same !== undefined) continue;
        if (same === undefined)
          throw new CommandError(
            'IndexKeySpecsConflict',
            `An existing index has the same name as the requested index: ${spec.name}`,
          );
        if (!sameOptions(existing, spec) || existing.name !== spec.name)
          throw new CommandError(
            'IndexOptionsConflict',
            `Index already exists with a different name or options: ${existing.name}`,
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
        numIndexesBefore: new Int32(countBefore),
        numIndexesAfter: new Int32(collection.indexes.length),
        createdCollectionAutomatically: before === undefined,
      },
    };
  });
};

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
    const removed = collection.indexes.filter(
      (index) =>
        index.name !== '_id_' &&
        (wanted === '*' || index.name === wanted || (isDoc(wanted) && samePattern(index, wanted))),
    );
    if (removed.length === 0 && wanted !== '*')
      throw new CommandError('IndexNotFound', `index not found with name [${String(wanted)}]`);
    for (const index of removed) catalog.removeIndex(collection, index);
    return { body: { nIndexesWas: new Int32(before) } };
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
    name: textOption(doc['name'], 'name'),
    key,
    unique: isTruthy(doc['unique']),
    sparse: isTruthy(doc['sparse']),
    partial,
    expireAfterSeconds: expire === undefined ? null : integer(expire),
  };
}

/**
 * MongoDB's list. The planner relies on it: a document meets each of these as soon as one value at the path does, so a
 * conclusion about a value also holds for an array with that value. This is not true of `$ne` and `$not`.
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

export const administration: Commands = {
  create: { run: create, options: [] },
  drop: { run: drop, options: [] },
  dropDatabase: { run: dropDatabase, options: [] },
  listCollections: { run: listCollections, options: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'] },
  listDatabases: { run: listDatabases, options: ['nameOnly'] },
  createIndexes: { run: createIndexes, options: ['indexes'] },
  listIndexes: { run: listIndexes, options: ['cursor'] },
  dropIndexes: { run: dropIndexes, options: ['index'] },
};
