import { Int32 } from 'bson';
import { CommandError } from './errors.ts';
import { compareValues } from './key-encoding.ts';
import { getPath } from './paths.ts';
import { type Doc, isDoc } from './doc.ts';
import { isTruthy } from './value-types.ts';

/**
 * Evaluates the supported aggregation expressions: field paths, variables, literals, comparisons, logic, `$in` and
 * `$size`. Throws for any other. A missing field is `undefined`.
 */
export function evaluate(expression: unknown, doc: Doc, variables: Record<string, unknown>): unknown {
  if (typeof expression === 'string') return field(expression, doc, variables);
  if (Array.isArray(expression)) return expression.map((part) => evaluate(part, doc, variables));
  if (!isDoc(expression)) return expression;
  const entries = Object.entries(expression);
  const [operator, operand] = entries[0] ?? [];
  if (operator === undefined || !operator.startsWith('$')) {
    return Object.fromEntries(entries.map(([name, part]) => [name, evaluate(part, doc, variables)]));
  }
  if (entries.length > 1) throw new CommandError('FailedToParse', 'an expression has exactly one operator');
  if (operator === '$literal') return operand;
  const values = (Array.isArray(operand) ? operand : [operand]).map((part) => evaluate(part, doc, variables));
  const [a, b] = values;
  switch (operator) {
    case '$eq':
      return compareValues(a, b) === 0;
    case '$ne':
      return compareValues(a, b) !== 0;
    case '$gt':
      return compareValues(a, b) > 0;
    case '$gte':
      return compareValues(a, b) >= 0;
    case '$lt':
      return compareValues(a, b) < 0;
    case '$lte':
      return compareValues(a, b) <= 0;
    case '$and':
      return values.every(isTruthy);
    case '$or':
      return values.some(isTruthy);
    case '$not':
      return !isTruthy(a);
    case '$in':
      if (!Array.isArray(b)) throw new CommandError('BadValue', '$in requires an array as a second argument');
      return b.some((item) => compareValues(item, a) === 0);
    case '$size':
      if (!Array.isArray(a)) throw new CommandError('BadValue', 'The argument to $size must be an array');
      return new Int32(a.length);
    default:
      throw new CommandError('BadValue', `Unrecognized expression '${operator}'`);
  }
}

function field(expression: string, doc: Doc, variables: Record<string, unknown>): unknown {
  if (!expression.startsWith('$')) return expression;
  if (!expression.startsWith('$$')) return getPath(doc, expression.slice(1));
  const [name = '', ...rest] = expression.slice(2).split('.');
  const root = name === 'ROOT' || name === 'CURRENT' ? doc : variables[name];
  if (root === undefined && !Object.hasOwn(variables, name) && name !== 'ROOT' && name !== 'CURRENT') {
    throw new CommandError('BadValue', `Use of undefined variable: ${name}`);
  }
  return rest.length === 0 ? root : isDoc(root) ? getPath(root, rest.join('.')) : undefined;
}
