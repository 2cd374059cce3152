import * as fc from 'fast-check';
import * as v from 'valibot';
import type { Node } from './schema-node.fixture.ts';

/*
 * Values made from a schema: mostly valid and odd, as the schemas themselves say, so that a new field is tried without a change here.
 */

const ODD_TEXTS = [
  '',
  ' ',
  '\0',
  '\u202e',
  '🙂',
  'e\u0301',
  '__proto__',
  'constructor',
  '$gt',
  '0',
  '-1',
  '../..',
  'x'.repeat(300),
];

/** What is wrong nearly everywhere. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    -1,
    0.5,
    1e300,
    [],
    {},
    [[]],
    { $gt: '' },
    { length: 1 },
    '\ud800',
    ...ODD_TEXTS,
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 2 }),
);

/** `known`: texts that mean something, such as ids, and which are used wherever they fit. */
export function arbitraryOf(schema: v.GenericSchema, known: readonly string[]): fc.Arbitrary<unknown> {
  return valueOf(schema, known);
}

function valueOf(node: Node, known: readonly string[]): fc.Arbitrary<unknown> {
  switch (node.type) {
    case 'optional':
    case 'nullable':
    case 'nullish':
      return fc.oneof(
        { weight: 3, arbitrary: valueOf(node.wrapped as Node, known) },
        { weight: 1, arbitrary: fc.constant(node.type === 'optional' ? undefined : null) },
      );
    case 'object':
    case 'strict_object':
      return fc.record(
        Object.fromEntries(Object.entries(node.entries ?? {}).map(([name, each]) => [name, valueOf(each, known)])),
      );
    case 'array':
      return fc.array(valueOf(node.item as Node, known), { maxLength: 4 });
    case 'record':
      return fc.dictionary(valueOf(node.key as Node, known).map(String), valueOf(node.value as Node, known), {
        maxKeys: 3,
      });
    case 'boolean':
      return fc.boolean();
    case 'literal':
      return fc.constant(node.literal);
    case 'picklist':
      return fc.constantFrom(...(node.options ?? []));
    case 'union':
    case 'variant':
      return fc.oneof(...(node.options as Node[]).map((each) => valueOf(each, known)));
    case 'number':
      return fc.oneof(fc.constantFrom(0, 1, 2, 20, 365, 1_000, 2 ** 31, Number.MAX_SAFE_INTEGER), fc.nat());
    case 'string':
      return textOf(node, known);
    default: {
      // Of a pipe whose first part is a check, such as an object with plain keys.
      const inner = node.pipe?.slice(1).find(({ kind }) => kind === 'schema');
      return inner === undefined ? anything : valueOf(inner, known);
    }
  }
}

function textOf(node: Node, known: readonly string[]): fc.Arbitrary<string> {
  const schema = node as unknown as v.GenericSchema;
  const fits = [...known, ...ODD_TEXTS].filter((text) => v.is(schema, text));
  const free = fc.string({ unit: 'grapheme', maxLength: 30 });
  return fits.length === 0
    ? free
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fits) }, { weight: 1, arbitrary: free });
}

/** Inputs that are sent at once, because a request mostly waits for the disk. */
export const AT_ONCE = 8;

/** Fixed in number, so that each run sends as many. */
export function together<T>(value: fc.Arbitrary<T>, count = AT_ONCE): fc.Arbitrary<T[]> {
  return fc.array(value, { minLength: count, maxLength: count });
}

/** The same value with one field replaced, missing or too many. */
export function broken(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(value, fc.nat(), fc.constantFrom('replaced', 'missing', 'surplus'), anything)
    .map(([whole, nth, how, wrong]) => {
      if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return wrong;
      const names = Object.keys(whole);
      const name = names[nth % Math.max(1, names.length)];
      if (name === undefined || how === 'surplus') return { ...whole, surplus: wrong };
      const { [name]: _, ...rest } = whole as Record<string, unknown>;
      return how === 'missing' ? rest : { ...rest, [name]: wrong };
    });
}
