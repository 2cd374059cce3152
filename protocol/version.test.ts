import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import * as about from './about.ts';
import * as errors from './errors.ts';
import * as groupLinks from './group-links.ts';
import * as http from './http.ts';
import * as limits from './limits.ts';
import * as live from './live.ts';
import * as op from './op.ts';
import * as privacy from './privacy.ts';
import * as push from './push.ts';
import * as record from './record.ts';
import * as verbs from './verbs.ts';
import { PROTOCOL_VERSION } from './version.ts';

/** A hash of the shapes of everything that is sent in version 1. */
const PINNED = { version: 1, hash: 'bba2638a2e2bda89' };

/** A description that is equal for equal schemas: keys are sorted, functions have no content, cycles end. */
function describeValue(value: unknown, seen: Set<object> = new Set()): unknown {
  if (value instanceof RegExp) return `regexp ${String(value)}`;
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return 'again';
  const inside = new Set(seen).add(value);
  if (Array.isArray(value)) return value.map((each) => describeValue(each, inside));
  // What valibot adds to run a schema is not part of the description.
  const meaning = Object.entries(value).filter(
    ([key, of]) => typeof of !== 'function' && !key.startsWith('~') && key !== 'async',
  );
  return Object.fromEntries(
    meaning.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, of]) => [key, describeValue(of, inside)]),
  );
}

it('the shapes of everything that is sent are pinned to the version that clients and servers exchange', () => {
  const described = JSON.stringify(
    describeValue(
      [about, errors, groupLinks, http, limits, live, op, privacy, push, record, verbs].map((module) => ({
        ...module,
      })),
    ),
  );
  expect(described.length).toBeGreaterThan(5_000);
  const hash = createHash('sha256').update(described).digest('hex').slice(0, 16);
  expect(
    { version: PROTOCOL_VERSION, hash },
    'A schema, an event or a limit has changed. If older apps and servers still understand each other (a new optional field, op or record type), ' +
      'document it in docs/protocol.md and pin the new hash here; if not, raise PROTOCOL_VERSION as well.',
  ).toEqual(PINNED);
});

it('a change to any shape changes its description', () => {
  const hashOf = (value: unknown) => JSON.stringify(describeValue(value));
  expect(hashOf(op.MessageEditOp)).not.toBe(hashOf(op.MessageDeleteOp));
  expect(
    hashOf({
      ...op.MessageEditOp,
      entries: { ...op.MessageEditOp.entries, text: op.MessageDeleteOp.entries.messageId },
    }),
  ).not.toBe(hashOf(op.MessageEditOp));
  expect(hashOf({ max: 1 })).not.toBe(hashOf({ max: 2 }));
});
