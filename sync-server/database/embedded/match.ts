import { BSONRegExp } from 'bson';
import { CommandError } from './errors.ts';
import { evaluate } from './expressions.ts';
import { bracket, compareValues, equalValues } from './key-encoding.ts';
import { type PathValue, valuesAt } from './paths.ts';
import { type Doc, isDoc } from './doc.ts';
import { isNumber, isTruthy, toNumber, typeNumbers, typeOf } from './value-types.ts';

export type Filter = (doc: Doc) => boolean;
type Test = (values: PathValue[]) => boolean;

/** Compiles a query. Throws BadValue for an unknown operator, because nothing is ever ignored. */
export function compileFilter(query: Doc, variables: Record<string, unknown> = {}): Filter {
  const tests: Filter[] = Object.entries(query).map(([key, value]) => {
    if (key === '$and' || key === '$or' || key === '$nor') {
      if (!Array.isArray(value) || value.length === 0) throw bad(`${key} must be a nonempty array`);
      const parts = value.map((part: unknown) => {
        if (!isDoc(part)) throw bad(`${key} entries need to be full objects`);
        return compileFilter(part, variables);
      });
      if (key === '$and') return (doc) => parts.every((part) => part(doc));
      if (key === '$or') return (doc) => parts.some((part) => part(doc));
      return (doc) => !parts.some((part) => part(doc));
    }
    if (key === '$expr') return (doc) => isTruthy(evaluate(value, doc, variables));
    if (key === '$comment') return () => true;
    if (key.startsWith('$')) throw bad(`unknown top level operator: ${key}`);
    const test = compileCondition(value);
    return (doc) => test(valuesAt(doc, key));
  });
  if (tests.length === 1) return tests[0] as Filter;
  return (doc) => tests.every((test) => test(doc));
}

/** Whether this is a condition (`{$gt: 1}`), and not a document to compare with. */
export function isCondition(value: unknown): value is Doc {
  if (!isDoc(value)) return false;
  const [first] = Object.keys(value);
  return first !== undefined && first.startsWith('$');
}

export function compileCondition(condition: unknown): Test {
  if (condition instanceof BSONRegExp) return anyValue(regexTest(condition.pattern, condition.options));
  if (!isCondition(condition)) return equality(condition);
  const tests = Object.entries(condition).map(([operator, operand]) => compileOperator(operator, operand, condition));
  return tests.length === 1 ? (tests[0] as Test) : (values) => tests.every((test) => test(values));
}

function compileOperator(operator: string, operand: unknown, condition: Doc): Test {
  switch (operator) {
    case '$eq':
      return equality(operand);
    case '$ne':
      return not(operand instanceof BSONRegExp ? fail("Can't have regex as arg to $ne.") : equality(operand));
    case '$in':
      return membership(operand, '$in');
    case '$nin':
      return not(membership(operand, '$nin'));
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return comparison(operator, operand);
    case '$exists': {
      const wanted = isTruthy(operand);
      return (values) => values.some((one) => !one.isMissing) === wanted;
    }
    case '$type': {
      const wanted = new Set((Array.isArray(operand) ? operand : [operand]).flatMap(typeNumbersOf));
      return anyValue((value) => wanted.has(typeOf(value)), { skipMissing: true });
    }
    case '$regex': {
      const pattern = operand instanceof BSONRegExp ? operand.pattern : operand;
      const options = condition['$options'] ?? (operand instanceof BSONRegExp ? operand.options : '');
      if (typeof pattern !== 'string' || typeof options !== 'string') throw bad('$regex has to be a string');
      return anyValue(regexTest(pattern, options));
    }
    case '$options':
      if (!Object.hasOwn(condition, '$regex')) throw bad('$options needs a $regex');
      return () => true;
    case '$not':
      if (!isCondition(operand) && !(operand instanceof BSONRegExp)) throw bad('$not needs a regex or a document');
      return not(compileCondition(operand));
    case '$size': {
      const size = isNumber(operand) ? toNumber(operand) : fail('$size must be a whole number');
      return (values) => values.some((one) => Array.isArray(one.value) && one.value.length === size);
    }
    case '$all': {
      if (!Array.isArray(operand)) throw bad('$all needs an array');
      const parts = operand.map((part: unknown) => (isCondition(part) ? compileCondition(part) : equality(part)));
      return (values) => parts.length > 0 && parts.every((part) => part(values));
    }
    case '$elemMatch': {
      if (!isDoc(operand)) throw bad('$elemMatch needs an Object');
      const isValueForm = isCondition(operand) && !['$and', '$or', '$nor'].includes(Object.keys(operand)[0] as string);
      const test: (item: unknown) => boolean = isValueForm
        ? valueTest(compileCondition(operand), comparesScalars(operand))
        : docTest(compileFilter(operand));
      return (values) => values.some((one) => Array.isArray(one.value) && one.value.some(test));
    }
    case '$mod': {
      if (!Array.isArray(operand) || operand.length !== 2) throw bad('malformed mod, needs to be an array of two');
      const [divisor, rest] = operand.map((part) => Math.trunc(toNumber(part)));
      if (divisor === 0 || divisor === undefined) throw bad('divisor cannot be 0');
      return anyValue((value) => isNumber(value) && Math.trunc(toNumber(value)) % divisor === rest, {
        skipMissing: true,
      });
    }
    default:
      throw bad(`unknown operator: ${operator}`);
  }
}

/** An element that is an array itself is not searched for elements that compare. */
const valueTest = (test: Test, isScalar: boolean) => (item: unknown) =>
  !(isScalar && Array.isArray(item)) && test([{ value: item, isMissing: false, throughArray: false }]);
const comparesScalars = (condition: Doc) =>
  ['$gt', '$gte', '$lt', '$lte'].some(
    (operator) => Object.hasOwn(condition, operator) && !Array.isArray(condition[operator]),
  );
const docTest = (filter: Filter) => (item: unknown) => isDoc(item) && filter(item);

/** A value meets a condition itself; an array also meets it if one of its elements does. */
function anyValue(test: (value: unknown) => boolean, { skipMissing = false } = {}): Test {
  return (values) =>
    values.some((one) => {
      if (one.isMissing && skipMissing) return false;
      return test(one.value) || (Array.isArray(one.value) && one.value.some(test));
    });
}

function equality(operand: unknown): Test {
  if (operand === null || operand === undefined) {
    return (values) =>
      values.some((one) => {
        if (one.isMissing) return true;
        return (
          one.value === null ||
          one.value === undefined ||
          (Array.isArray(one.value) && one.value.some((item) => item === null || item === undefined))
        );
      });
  }
  return anyValue((value) => value !== undefined && value !== null && equalValues(value, operand), {
    skipMissing: true,
  });
}

function comparison(operator: string, operand: unknown): Test {
  if (operand instanceof BSONRegExp) throw bad(`Can't have RegEx as arg to predicate over field`);
  if (operand === null) return operator === '$gte' || operator === '$lte' ? equality(null) : () => false;
  const type = typeOf(operand);
  const wanted = bracket(operand);
  const isNaNOperand = isNumber(operand) && Number.isNaN(toNumber(operand));
  const holds = (value: unknown): boolean => {
    // MinKey and MaxKey compare with everything; every other value only within its bracket.
    if (type !== -1 && type !== 127 && bracket(value) !== wanted) return false;
    if (isNumber(value) && Number.isNaN(toNumber(value)) !== isNaNOperand) return false;
    const order = compareValues(value, operand);
    if (operator === '$gt') return order > 0;
    if (operator === '$gte') return order >= 0;
    if (operator === '$lt') return order < 0;
    return order <= 0;
  };
  return anyValue(holds, { skipMissing: true });
}

function membership(operand: unknown, operator: string): Test {
  if (!Array.isArray(operand)) throw bad(`${operator} needs an array`);
  const tests = operand.map((item: unknown) => {
    if (isCondition(item)) throw bad(`cannot nest $ under ${operator}`);
    return item instanceof BSONRegExp ? compileCondition(item) : equality(item);
  });
  return (values) => tests.some((test) => test(values));
}

function not(test: Test): Test {
  return (values) => !test(values);
}

/** Uses JavaScript's engine, with the options that have the same meaning there. */
function regexTest(pattern: string, options: string): (value: unknown) => boolean {
  if (/[^imsux]/.test(options)) throw bad(`invalid flag in regex options: ${options}`);
  if (options.includes('x'))
    throw new CommandError('NotImplemented', '$regex option x is outside the scope of the embedded database');
  let regex: RegExp;
  try {
    regex = new RegExp(pattern, `${options.replace('u', '')}u`);
  } catch {
    throw new CommandError('Location51091', 'Regular expression is invalid');
  }
  return (value) => {
    if (value instanceof BSONRegExp) return value.pattern === pattern && value.options === options;
    return typeof value === 'string' && regex.test(value);
  };
}

function typeNumbersOf(name: unknown): number[] {
  if (name === 'number') return [1, 16, 18];
  if (typeof name === 'string') return [typeNumbers[name] ?? fail(`Unknown type name alias: ${name}`)];
  return isNumber(name) ? [toNumber(name)] : fail('type must be represented as a number or a string');
}

function bad(message: string): CommandError {
  return new CommandError('BadValue', message);
}

function fail(message: string): never {
  throw bad(message);
}
