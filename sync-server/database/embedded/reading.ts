import { Int32 } from 'bson';
import { aggregate } from './aggregate.ts';
import type { Collection } from './catalog.ts';
import { type Command, type Commands, collectionName, hintName, executionOf } from './command.ts';
import { docOption, integer, refuseUnknown, textOption } from './options.ts';
import { firstBatch } from './cursors.ts';
import { CommandError } from './errors.ts';
import { encodeExact } from './key-encoding.ts';
import { valuesAt } from './paths.ts';
import { planQuery } from './planner.ts';
import { countDocs, findDocs } from './find-documents.ts';
import { compileProjection } from './projection.ts';
import { parseSort } from './sorting.ts';
import { type Doc, encode } from './doc.ts';
import { isTruthy } from './value-types.ts';

const find: Command = (engine, request, db, cursors) => {
  const { store, catalog } = engine;
  const name = collectionName(request);
  const { body } = request;
  const collection = catalog.find(db, name);
  const filter = docOption(body['filter'], 'filter');
  const options = {
    sort: parseSort(docOption(body['sort'], 'sort')),
    skip: integer(body['skip']),
    limit: Math.abs(integer(body['limit'])),
    execution: executionOf(engine, body),
  };
  const project = compileProjection(docOption(body['projection'], 'projection'));
  const isProjected = Object.keys(docOption(body['projection'], 'projection')).length > 0;
  const found =
    collection === undefined
      ? (planQuery(empty, filter, []), [])
      : findDocs(store, collection, filter, { ...options, hint: hintName(collection, body['hint']) });
  const documents = found.map((one) => (isProjected ? encode(project(one.doc)) : one.bytes));
  return firstBatch(
    documents,
    `${db}.${name}`,
    cursors,
    integer(body['batchSize'], 101),
    isTruthy(body['singleBatch']),
  );
};

const empty: Collection = { id: 0, db: '', name: '', indexes: [], nextRid: 1 };

const aggregateCommand: Command = (engine, request, db, cursors) => {
  const name = collectionName(request);
  const pipeline = request.body['pipeline'];
  if (!Array.isArray(pipeline))
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  const variables = docOption(request.body['let'], 'let');
  const documents = aggregate(
    { ...engine, db, variables, execution: executionOf(engine, request.body) },
    name,
    pipeline as Doc[],
  ).map(encode);
  const cursor = docOption(request.body['cursor'], 'cursor');
  return firstBatch(documents, `${db}.${name}`, cursors, integer(cursor['batchSize'], 101), false);
};

const count: Command = (engine, { body }, db) => {
  const { store, catalog } = engine;
  const collection = catalog.find(db, textOption(body['count'], 'collection name'));
  const query = docOption(body['query'], 'query');
  const skip = integer(body['skip']);
  const limit = Math.abs(integer(body['limit']));
  const all =
    collection === undefined
      ? 0
      : countDocs(store, collection, query, hintName(collection, body['hint']), executionOf(engine, body));
  const rest = Math.max(0, all - skip);
  return { body: { n: new Int32(limit > 0 ? Math.min(limit, rest) : rest) } };
};

const distinct: Command = (engine, { body }, db) => {
  const { store, catalog } = engine;
  const collection = catalog.find(db, textOption(body['distinct'], 'collection name'));
  const key = textOption(body['key'], 'key');
  const values = new Map<string, { sortKey: Buffer; value: unknown }>();
  const found =
    collection === undefined
      ? []
      : findDocs(store, collection, docOption(body['query'], 'query'), { execution: executionOf(engine, body) });
  for (const { doc } of found) {
    for (const one of valuesAt(doc, key)) {
      if (one.isMissing) continue;
      for (const value of Array.isArray(one.value) ? (one.value as unknown[]) : [one.value]) {
        const sortKey = encodeExact(value);
        values.set(sortKey.toString('latin1'), { sortKey, value });
      }
    }
  }
  const sorted = [...values.values()].sort((a, b) => Buffer.compare(a.sortKey, b.sortKey));
  return { body: { values: sorted.map(({ value }) => value) } };
};

/** The plan of a find or a count, and how many records it examined. */
const explain: Command = (engine, request, db) => {
  const { store, catalog } = engine;
  const inner = docOption(request.body['explain'], 'explain');
  const [verb = ''] = Object.keys(inner);
  if (verb !== 'find' && verb !== 'count')
    throw new CommandError('NotImplemented', `explain of '${verb}' is outside the scope of the embedded database`);
  refuseUnknown(inner, [verb, 'filter', 'query', 'sort', 'skip', 'limit', 'projection', 'hint', '$db'], verb);
  const name = textOption(inner[verb], 'collection name');
  const collection = catalog.find(db, name);
  if (collection === undefined) return { body: { queryPlanner: { winningPlan: { stage: 'EOF' } } } };
  const filter = docOption(inner['filter'] ?? inner['query'], 'filter');
  const sort = parseSort(docOption(inner['sort'], 'sort'));
  const hint = hintName(collection, inner['hint']);
  const plan = planQuery(collection, filter, sort, hint);
  const execution = executionOf(engine, request.body);
  const [skip, limit] = [integer(inner['skip']), Math.abs(integer(inner['limit']))];
  const found = findDocs(store, collection, filter, { sort, skip, limit, hint, execution });
  const direction = plan.reverse ? 'backward' : 'forward';
  const source =
    plan.index === null
      ? { stage: 'COLLSCAN', direction }
      : {
          stage: 'FETCH',
          inputStage: {
            stage: 'IXSCAN',
            indexName: plan.index.name,
            keyPattern: Object.fromEntries(plan.index.key),
            direction,
          },
        };
  return {
    body: {
      queryPlanner: {
        namespace: `${db}.${name}`,
        winningPlan: sort.length > 0 && !plan.coversSort ? { stage: 'SORT', inputStage: source } : source,
      },
      executionStats: { nReturned: new Int32(found.length), totalDocsExamined: new Int32(execution.examined) },
    },
  };
};

export const reading: Commands = {
  find: {
    run: find,
    options: ['filter', 'sort', 'projection', 'skip', 'limit', 'batchSize', 'singleBatch', 'hint', 'maxTimeMS'],
  },
  aggregate: { run: aggregateCommand, options: ['pipeline', 'cursor', 'let', 'maxTimeMS'] },
  count: { run: count, options: ['query', 'skip', 'limit', 'hint', 'maxTimeMS'] },
  distinct: { run: distinct, options: ['key', 'query', 'maxTimeMS'] },
  explain: { run: explain, options: ['verbosity', 'maxTimeMS'] },
};
