import { Double, Int32, Long } from 'bson';
import { CommandError } from './errors.ts';
import { compareValues, equalValues } from './key-encoding.ts';
import { compileFilter, isCondition, compileCondition } from './match.ts';
import { define, getPath, setPath, unsetPath } from './paths.ts';
import { type Doc, isDoc } from './doc.ts';
import { isNumber, toNumber } from './value-types.ts';

export type Update = (doc: Doc, isInsert: boolean) => void;

/**
 * Compiles an update. Its operators change the given document, except `_id`. Throws FailedToParse for an unknown operator
 * and ConflictingUpdateOperators if two act on one path.
 */
export function compileUpdate(update: unknown): Update {
  if (Array.isArray(update))
    throw new CommandError('NotImplemented', 'updates by pipeline are outside the scope of the embedded database');
  if (!isDoc(update)) throw new CommandError('FailedToParse', 'an update must be a document');
  const operators = Object.keys(update);
  if (operators.every((operator) => !operator.startsWith('$'))) return replacement(update);
  const steps: Update[] = [];
  const paths: string[] = [];
  for (const operator of operators) {
    const apply = Object.hasOwn(appliers, operator) ? appliers[operator] : undefined;
    if (apply === undefined) throw new CommandError('FailedToParse', `Unknown modifier: ${operator}`);
    const fields = update[operator];
    if (!isDoc(fields))
      throw new CommandError('FailedToParse', `Modifiers operate on fields but we found another type for ${operator}`);
    for (const [path, operand] of Object.entries(fields)) {
      checkPath(path);
      const conflict = paths.find(
        (other) => other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`),
      );
      if (conflict !== undefined)
        throw new CommandError(
          'ConflictingUpdateOperators',
          `Updating the path '${path}' would create a conflict at '${conflict}'`,
        );
      paths.push(path);
      steps.push((doc, isInsert) => {
        if (operator === '$setOnInsert' && !isInsert) return;
        apply(doc, path, operand);
      });
    }
  }
  return (doc, isInsert) => {
    const before = doc['_id'];
    for (const step of steps) step(doc, isInsert);
    if (before !== undefined && !equalValues(before, doc['_id']))
      throw new CommandError(
        'ImmutableField',
        "Performing an update on the path '_id' would modify the immutable field '_id'",
      );
  };
}

function replacement(update: Doc): Update {
  return (doc) => {
    const id = doc['_id'];
    if (id !== undefined && update['_id'] !== undefined && !equalValues(id, update['_id'])) {
      throw new CommandError(
        'ImmutableField',
        "After applying the update, the (immutable) field '_id' was found to have been altered",
      );
    }
    for (const key of Object.keys(doc)) delete doc[key];
    if (id !== undefined) doc['_id'] = id;
    for (const [key, value] of Object.entries(update)) define(doc, key, value);
  };
}

function checkPath(path: string): void {
  const parts = path.split('.');
  if (parts.some((part) => part === ''))
    throw new CommandError('BadValue', `The update path '${path}' contains an empty field name, which is not allowed.`);
  const positional = parts.find((part) => part.startsWith('$'));
  if (positional !== undefined)
    throw new CommandError(
      'NotImplemented',
      `positional updates ('${path}') are outside the scope of the embedded database`,
    );
}

const appliers: Record<string, (doc: Doc, path: string, operand: unknown) => void> = {
  $set: setPath,
  $setOnInsert: setPath,
  $unset: unsetPath,
  $currentDate: (doc, path, operand) => {
    if (operand !== true)
      throw new CommandError('NotImplemented', '$currentDate knows only `true` in the embedded database');
    setPath(doc, path, new Date());
  },
  $inc: (doc, path, operand) => setPath(doc, path, arithmetic(getPath(doc, path), operand, path, '$inc')),
  $mul: (doc, path, operand) => setPath(doc, path, arithmetic(getPath(doc, path), operand, path, '$mul')),
  $max: (doc, path, operand) => extreme(doc, path, operand, 1),
  $min: (doc, path, operand) => extreme(doc, path, operand, -1),
  $push: (doc, path, operand) => {
    const array = arrayAt(doc, path, '$push');
    setPath(doc, path, [...array, ...eachOf(operand, '$push')]);
  },
  $addToSet: (doc, path, operand) => {
    const array = [...arrayAt(doc, path, '$addToSet')];
    for (const item of eachOf(operand, '$addToSet')) {
      if (!array.some((other) => compareValues(other, item) === 0)) array.push(item);
    }
    setPath(doc, path, array);
  },
  $pull: (doc, path, operand) => {
    if (getPath(doc, path) === undefined) return;
    const array = arrayAt(doc, path, '$pull');
    const isPulled = pullTest(operand);
    setPath(
      doc,
      path,
      array.filter((item) => !isPulled(item)),
    );
  },
};

function pullTest(operand: unknown): (item: unknown) => boolean {
  if (isCondition(operand)) {
    const test = compileCondition(operand);
    return (item) => test([{ value: item, isMissing: false, throughArray: false }]);
  }
  if (isDoc(operand)) {
    const filter = compileFilter(operand);
    return (item) => isDoc(item) && filter(item);
  }
  return (item) => equalValues(item, operand);
}

function arrayAt(doc: Doc, path: string, operator: string): unknown[] {
  const value = getPath(doc, path);
  if (value === undefined) return [];
  if (!Array.isArray(value))
    throw new CommandError('BadValue', `Cannot apply ${operator} to the field '${path}': it is not an array`);
  return value;
}

function eachOf(operand: unknown, operator: string): unknown[] {
  if (!isDoc(operand) || !Object.hasOwn(operand, '$each')) return [operand];
  const others = Object.keys(operand).filter((key) => key !== '$each');
  if (others.length > 0) throw new CommandError('BadValue', `Unrecognized clause in ${operator}: ${others[0]}`);
  if (!Array.isArray(operand['$each']))
    throw new CommandError('TypeMismatch', `The argument to $each in ${operator} must be an array`);
  return operand['$each'];
}

function extreme(doc: Doc, path: string, operand: unknown, sign: 1 | -1): void {
  const current = getPath(doc, path);
  if (current === undefined || compareValues(operand, current) * sign > 0) setPath(doc, path, operand);
}

/** Results have MongoDB's types: a double wins, then a long; an int that overflows becomes a long. */
function arithmetic(current: unknown, operand: unknown, path: string, operator: '$inc' | '$mul'): unknown {
  if (!isNumber(operand))
    throw new CommandError(
      'TypeMismatch',
      `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}}`,
    );
  if (current === undefined) {
    if (operator === '$inc') return operand;
    return operand instanceof Int32 ? new Int32(0) : operand instanceof Long ? Long.ZERO : new Double(0);
  }
  if (!isNumber(current))
    throw new CommandError('TypeMismatch', `Cannot apply ${operator} to a value of non-numeric type at '${path}'`);
  if (isDouble(current) || isDouble(operand)) {
    const [a, b] = [toNumber(current), toNumber(operand)];
    return new Double(operator === '$inc' ? a + b : a * b);
  }
  const [a, b] = [toBig(current), toBig(operand)];
  const result = operator === '$inc' ? a + b : a * b;
  if (result > 0x7fffffffffffffffn || result < -0x8000000000000000n)
    throw new CommandError('BadValue', `Failed to apply ${operator} operations to current value`);
  const isInt = current instanceof Int32 && operand instanceof Int32 && result >= -0x80000000n && result <= 0x7fffffffn;
  return isInt ? new Int32(Number(result)) : Long.fromBigInt(result);
}

function isDouble(value: unknown): boolean {
  return value instanceof Double || typeof value === 'number';
}

function toBig(value: unknown): bigint {
  return value instanceof Long ? value.toBigInt() : BigInt(toNumber(value));
}

/** The document that an upsert starts from: the query's equalities, including those inside `$and`. */
export function upsertSeed(query: Doc): Doc {
  const seed: Doc = {};
  for (const [key, value] of Object.entries(query)) {
    if (key === '$and' && Array.isArray(value)) for (const part of value) Object.assign(seed, upsertSeed(part as Doc));
    else if (key.startsWith('$')) continue;
    else if (!isCondition(value)) setPath(seed, key, value);
    else if (Object.hasOwn(value, '$eq')) setPath(seed, key, value['$eq']);
    else if (Array.isArray(value['$in']) && value['$in'].length === 1) setPath(seed, key, value['$in'][0]);
  }
  return seed;
}
