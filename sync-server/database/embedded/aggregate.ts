import { Double, Int32, Long } from 'bson';
import type { Catalog } from './catalog.ts';
import { CommandError } from './errors.ts';
import { evaluate } from './expressions.ts';
import { encodeExact } from './key-encoding.ts';
import { compileFilter } from './match.ts';
import { define, getPath, setPath } from './paths.ts';
import { type Execution, findDocs } from './find-documents.ts';
import { compileProjection } from './projection.ts';
import { parseSort, sortDocs } from './sorting.ts';
import type { Store } from './store.ts';
import { type Doc, isDoc } from './doc.ts';
import { isNumber, toNumber } from './value-types.ts';

/**
 * Runs a pipeline over a collection, which counts as empty if it does not exist. The planner runs a leading `$match`,
 * `$sort`, `$skip` and `$limit`; later stages work on its documents.
 */
export function aggregate(context: Context, name: string, pipeline: Doc[]): Doc[] {
  const { store, catalog, db, variables, execution } = context;
  const stages = pipeline.map(stageOf);
  const head = leading(stages);
  const collection = catalog.find(db, name);
  const found =
    collection === undefined
      ? []
      : findDocs(store, collection, head.query, {
          sort: parseSort(head.sort),
          skip: head.skip,
          limit: head.limit,
          variables,
          execution,
        });
  let docs = found.map(({ doc }) => doc);
  for (const [operator, operand] of stages.slice(head.length)) docs = run(operator, operand, docs, context);
  return docs;
}

interface Context {
  store: Store;
  catalog: Catalog;
  db: string;
  variables: Record<string, unknown>;
  execution: Execution;
}

type Stage = [string, unknown];

function stageOf(stage: unknown): Stage {
  if (!isDoc(stage)) throw new CommandError('TypeMismatch', "Each element of the 'pipeline' array must be an object");
  const entries = Object.entries(stage);
  if (entries.length !== 1)
    throw new CommandError('Location40323', 'A pipeline stage specification object must contain exactly one field.');
  return entries[0] as Stage;
}

/** The longest prefix of stages in the order match, sort, skip, limit, each at most once. */
function leading(stages: Stage[]): { query: Doc; sort: Doc; skip: number; limit: number; length: number } {
  const out = { query: {} as Doc, sort: {} as Doc, skip: 0, limit: 0, length: 0 };
  const order = ['$match', '$sort', '$skip', '$limit'];
  let reached = 0;
  for (const [operator, operand] of stages) {
    const place = order.indexOf(operator, reached);
    if (place === -1) break;
    reached = place + 1;
    out.length++;
    if (operator === '$match') out.query = docOf(operand, operator);
    else if (operator === '$sort') out.sort = docOf(operand, operator);
    else if (operator === '$skip') out.skip = countOf(operand, operator, 0);
    else out.limit = countOf(operand, operator, 1);
  }
  return out;
}

function run(operator: string, operand: unknown, docs: Doc[], context: Context): Doc[] {
  switch (operator) {
    case '$match': {
      const filter = compileFilter(docOf(operand, operator), context.variables);
      return docs.filter(filter);
    }
    case '$sort':
      return sortDocs(
        docs.map((doc) => ({ doc })),
        parseSort(docOf(operand, operator)),
      ).map(({ doc }) => doc);
    case '$skip':
      return docs.slice(countOf(operand, operator, 0));
    case '$limit':
      return docs.slice(0, countOf(operand, operator, 1));
    case '$project':
      return docs.map(compileProjection(docOf(operand, operator)));
    case '$count':
      if (typeof operand !== 'string' || operand === '' || operand.startsWith('$'))
        throw new CommandError('BadValue', 'the count field must be a non-empty string');
      return docs.length === 0 ? [] : [{ [operand]: new Int32(docs.length) }];
    case '$unwind':
      return unwind(operand, docs);
    case '$group':
      return group(docOf(operand, operator), docs, context.variables);
    case '$lookup':
      return lookup(docOf(operand, operator), docs, context);
    default:
      throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${operator}'`);
  }
}

function unwind(operand: unknown, docs: Doc[]): Doc[] {
  const spec: Doc = typeof operand === 'string' ? { path: operand } : docOf(operand, '$unwind');
  refuseUnknown(spec, ['path', 'preserveNullAndEmptyArrays'], '$unwind');
  const path = spec['path'];
  if (typeof path !== 'string' || !path.startsWith('$'))
    throw new CommandError('BadValue', 'path option to $unwind stage should be prefixed with a $');
  const name = path.slice(1);
  const keepsEmpty = spec['preserveNullAndEmptyArrays'] === true;
  return docs.flatMap((doc) => {
    const value = getPath(doc, name);
    if (Array.isArray(value) && value.length > 0) {
      return value.map((item: unknown) => {
        const copy = copyNested(doc);
        setPath(copy, name, item);
        return copy;
      });
    }
    if (value === undefined || value === null || Array.isArray(value)) {
      if (!keepsEmpty) return [];
      if (!Array.isArray(value)) return [doc];
      const { [name]: _, ...rest } = doc;
      return [rest];
    }
    return [doc];
  });
}

/** Copies nested documents. Values are shared, because they are never changed in place. */
function copyNested(doc: Doc): Doc {
  const out: Doc = {};
  for (const [key, value] of Object.entries(doc)) define(out, key, isDoc(value) ? copyNested(value) : value);
  return out;
}

function group(spec: Doc, docs: Doc[], variables: Record<string, unknown>): Doc[] {
  const { _id: id, ...accumulators } = spec;
  const groups = new Map<string, { _id: unknown; sums: Map<string, number> }>();
  for (const [name, accumulator] of Object.entries(accumulators)) {
    if (!isDoc(accumulator) || Object.keys(accumulator).join() !== '$sum')
      throw new CommandError(
        'NotImplemented',
        `the accumulator of '${name}' is outside the scope of the embedded database`,
      );
  }
  for (const doc of docs) {
    const key = evaluate(id, doc, variables) ?? null;
    const text = encodeExact(key).toString('latin1');
    let group = groups.get(text);
    if (group === undefined) groups.set(text, (group = { _id: key, sums: new Map() }));
    for (const [name, accumulator] of Object.entries(accumulators)) {
      const value = evaluate((accumulator as Doc)['$sum'], doc, variables);
      group.sums.set(name, (group.sums.get(name) ?? 0) + (isNumber(value) ? toNumber(value) : 0));
    }
  }
  return [...groups.values()].map(({ _id, sums }) => ({
    _id,
    ...Object.fromEntries([...sums].map(([name, sum]) => [name, numberFor(sum)])),
  }));
}

function numberFor(sum: number): unknown {
  if (!Number.isInteger(sum)) return new Double(sum);
  return Math.abs(sum) <= 0x7fffffff ? new Int32(sum) : Long.fromNumber(sum);
}

function lookup(spec: Doc, docs: Doc[], context: Context): Doc[] {
  refuseUnknown(spec, ['from', 'localField', 'foreignField', 'as', 'let', 'pipeline'], '$lookup');
  const { from, localField, foreignField, as } = spec as {
    from: unknown;
    localField: unknown;
    foreignField: unknown;
    as: unknown;
  };
  if (typeof from !== 'string' || typeof as !== 'string')
    throw new CommandError('FailedToParse', '$lookup needs from and as');
  const pipeline = (spec['pipeline'] ?? []) as Doc[];
  return docs.map((doc) => {
    const bound: Record<string, unknown> = { ...context.variables };
    for (const [name, expression] of Object.entries((spec['let'] ?? {}) as Doc))
      bound[name] = evaluate(expression, doc, context.variables);
    const stages = [...pipeline];
    if (typeof localField === 'string' && typeof foreignField === 'string') {
      const local = getPath(doc, localField);
      stages.unshift({ $match: { [foreignField]: Array.isArray(local) ? { $in: local } : { $eq: local ?? null } } });
    }
    const copy = copyNested(doc);
    setPath(copy, as, aggregate({ ...context, variables: bound }, from, stages));
    return copy;
  });
}

function refuseUnknown(spec: Doc, allowed: string[], stage: string): void {
  const unknown = Object.keys(spec).find((key) => !allowed.includes(key));
  if (unknown !== undefined)
    throw new CommandError('FailedToParse', `unrecognized option to ${stage} stage: ${unknown}`);
}

function docOf(operand: unknown, stage: string): Doc {
  if (!isDoc(operand)) throw new CommandError('FailedToParse', `the ${stage} specification must be an object`);
  return operand;
}

function countOf(operand: unknown, stage: string, least: number): number {
  const count = isNumber(operand) ? toNumber(operand) : Number.NaN;
  if (!Number.isInteger(count) || count < least)
    throw new CommandError('FailedToParse', `the ${stage} value must be a whole number from ${least}`);
  return count;
}
