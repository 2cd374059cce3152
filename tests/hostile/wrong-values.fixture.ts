import type * as v from 'valibot';
import type { ErrorCode } from '#protocol/errors.ts';
import { limits } from '#protocol/limits.ts';
import type { Node, Part } from './schema-node.fixture.ts';

/*
 * Derives every way to make one field wrong from a schema and a valid value, with the answer that the protocol demands.
 * It reads the schemas themselves, so that a new field is tried without a change here.
 */

export interface WrongValue {
  /** Dotted; the answer's path is this one or below it. */
  path: string;
  code: ErrorCode;
  value: unknown;
  /** For a failing test's message. */
  what: string;
}

/** What a database could take for a query, and what could reach a prototype. */
const OPERATORS = [
  '{"$gt":""}',
  '{"$ne":null}',
  '{"$where":"1"}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"x":1}}',
].map((text) => JSON.parse(text) as unknown);
const SURPLUS = ['surplus', '__proto__', 'constructor', 'prototype', '$where', 'toString', ''];
const NOT_TEXT = [7, true, [], ['x'], ...OPERATORS];
const NOT_A_NUMBER = ['1', true, [], [1], ...OPERATORS];

export function wrongValues(schema: v.GenericSchema, sample: unknown): WrongValue[] {
  return wrongIn(schema as unknown as Node, sample, '').map((each) => ({
    ...each,
    path: each.path.replace(/^\./, ''),
  }));
}

/** Every field of a schema, dotted, with array items as `0`. */
export function fieldsOf(schema: v.GenericSchema): string[] {
  return fields(schema as unknown as Node, '').map((path) => path.slice(1));
}

/** Texts that only the packet's size bounds. */
export function unboundedText(schema: v.GenericSchema): string[] {
  return unbounded(schema as unknown as Node, '').map((path) => path.slice(1));
}

function wrongIn(schema: Node, sample: unknown, path: string): WrongValue[] {
  const { node, isNullable } = bare(schema);
  const wrong = (values: readonly unknown[], code: ErrorCode = 'invalid'): WrongValue[] =>
    values.map((value) => ({ path, code, value, what: `${path} is ${shown(value)}` }));
  const nothing = isNullable ? [] : wrong([null]);
  const tooLong = lengthOf(node);
  switch (node.type) {
    case 'strict_object':
      return [...nothing, ...wrong([7, 'x', true, ...OPERATORS]), ...ofObject(node, sample, path)];
    case 'array': {
      const items = sample as unknown[];
      const long = tooLong === undefined ? [] : [Array.from({ length: tooLong + 1 }, () => items[0])];
      const short = lowest(node, 'min_length') === undefined ? [] : wrong([[]]);
      const inItems = wrongIn(node.item as Node, items[0], `${path}.0`).map((each) => ({
        ...each,
        value: [each.value, ...items.slice(1)],
      }));
      return [
        ...nothing,
        ...wrong([7, 'x', true, { length: 1 }, ...OPERATORS]),
        ...short,
        ...wrong(long, 'too_large'),
        ...inItems,
      ];
    }
    case 'string': {
      const tooLongOf = (text: string) => text.repeat((tooLong ?? 0) / text.length + 1);
      // Text of four bytes each would be larger than a packet where the limit is that of a digest.
      const long =
        tooLong === undefined ? [] : ['x', ...(tooLong > limits.packet / 4 ? [] : ['\u{1F600}'])].map(tooLongOf);
      const half = isFreeText(node) ? [] : ['\ud800', 'x\udc00', `${String(sample)}\ud800`];
      const empty = ['', ' ', '\0'];
      const shaped = isName(node)
        ? empty
        : isShaped(node)
          ? [...empty, `${String(sample)}\0`, `${String(sample)}\n`, '$gt']
          : [];
      return [...nothing, ...wrong([...NOT_TEXT, ...half, ...shaped]), ...wrong(long, 'too_large')];
    }
    case 'number': {
      const most = lowest(node, 'max_value');
      const isZeroWrong = (lowest(node, 'min_value') ?? 0) > 0;
      return [
        ...nothing,
        ...wrong([
          ...NOT_A_NUMBER,
          -1,
          0.5,
          2 ** 53,
          1e300,
          ...(most === undefined ? [] : [most + 1]),
          ...(isZeroWrong ? [0] : []),
        ]),
      ];
    }
    case 'boolean':
      return [...nothing, ...wrong([0, 1, 'true', '', [], ...OPERATORS])];
    case 'literal':
    case 'picklist':
      return [
        ...nothing,
        ...wrong([...NOT_TEXT, '', 'no such choice', '__proto__', 'constructor', `${String(sample)}\0`]),
      ];
    case 'record':
      return [...nothing, ...wrong([7, 'x', true, [], ...OPERATORS]), ...ofRecord(node, sample, path)];
    case 'unknown':
      return [];
    default:
      throw new Error(`no wrong values are known for ${node.type} at ${path}`);
  }
}

function ofObject(node: Node, sample: unknown, path: string): WrongValue[] {
  const given = sample as Record<string, unknown>;
  const found: WrongValue[] = [];
  for (const [name, schema] of Object.entries(node.entries ?? {})) {
    const at = `${path}.${name}`;
    for (const each of wrongIn(schema, given[name], at))
      found.push({ ...each, value: { ...given, [name]: each.value } });
    if (schema.type === 'optional') continue;
    const { [name]: _, ...rest } = given;
    found.push({ path: at, code: 'invalid', value: rest, what: `${at} is missing` });
  }
  for (const name of SURPLUS) {
    const at = `${path}.${name}`;
    found.push({ path: at, code: 'invalid', value: withOwn(given, name, 1), what: `${at} is unknown` });
  }
  return found;
}

function ofRecord(node: Node, sample: unknown, path: string): WrongValue[] {
  const given = sample as Record<string, unknown>;
  const [key = ''] = Object.keys(given);
  const keys = ['', 'x', '$gt', '__proto__', 'constructor', 'prototype', `${key}\0`, key.toUpperCase(), '\ud800'];
  return [
    ...keys.map((name) => ({
      path,
      code: 'invalid' as const,
      value: withOwn(given, name, 1),
      what: `${path} has the key ${shown(name)}`,
    })),
    ...wrongIn(node.value as Node, given[key], `${path}.${key}`).map((each) => ({
      ...each,
      value: { ...given, [key]: each.value },
    })),
  ];
}

/** Makes even `__proto__` an own field, as parsing JSON does. */
function withOwn(given: object, name: string, value: unknown): object {
  return Object.fromEntries([...Object.entries(given), [name, value]]);
}

function bare(schema: Node): { node: Node; isNullable: boolean } {
  if (schema.type === 'optional') return bare(schema.wrapped as Node);
  if (schema.type === 'nullable') return { node: bare(schema.wrapped as Node).node, isNullable: true };
  const record = partsOf(schema).find((part) => part.type === 'record');
  return { node: record ?? schema, isNullable: false };
}

function partsOf(node: Node): Part[] {
  if (node.pipe === undefined) return [];
  return node.pipe.flatMap((part) => [part, ...partsOf(part)]);
}

function lowest(node: Node, type: string): number | undefined {
  const found = partsOf(node).flatMap((part) => (part.type === type ? [part.requirement as number] : []));
  return found.length === 0 ? undefined : Math.min(...found);
}

const lengthOf = (node: Node) => lowest(node, 'max_length');
/** A text without a pattern or a check, such as an epoch. */
const isFreeText = (node: Node) => !partsOf(node).some(({ type }) => type === 'regex' || type === 'check');
/** A name is cleaned of controls and blanks, and refused only if nothing is left. [SH8] [SH9] */
const isName = (node: Node) => partsOf(node).some(({ message }) => message === 'a name with a visible character');
/** A text that people do not write freely: an id, an instant, an emoji. */
const isShaped = (node: Node) => {
  const parts = partsOf(node);
  const checks = parts.filter(({ type }) => type === 'check').length;
  return parts.some(({ type }) => type === 'regex') || checks > (lengthOf(node) === undefined ? 0 : 1);
};

function fields(schema: Node, path: string): string[] {
  const { node } = bare(schema);
  if (node.type === 'strict_object')
    return Object.entries(node.entries ?? {}).flatMap(([name, each]) => [
      `${path}.${name}`,
      ...fields(each, `${path}.${name}`),
    ]);
  return node.type === 'array' ? fields(node.item as Node, `${path}.0`) : [];
}

function unbounded(schema: Node, path: string): string[] {
  const { node } = bare(schema);
  if (node.type === 'strict_object')
    return Object.entries(node.entries ?? {}).flatMap(([name, each]) => unbounded(each, `${path}.${name}`));
  if (node.type === 'array') return unbounded(node.item as Node, `${path}.0`);
  return node.type === 'string' && lengthOf(node) === undefined && isFreeText(node) ? [path] : [];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text;
}
