import * as v from 'valibot';
import { type SyncError, syncError } from './errors.ts';
import { cleanName, isVisible } from './names.ts';

type Entries = v.ObjectEntries;

/**
 * An object without unknown fields. The entries lose their prototype first: valibot asks `key in entries`, and a plain
 * object would answer yes for `__proto__` and `constructor`, so such fields would be accepted instead of refused.
 */
export function strict<const T extends Entries>(entries: T): v.StrictObjectSchema<T, undefined> {
  return v.strictObject(Object.assign(Object.create(null), entries) as T);
}

/** Text as people write it: up to `max` code units, NUL allowed, but no unpaired surrogate, which a UTF-8 store could not keep. [SH7] */
export function text(max: number) {
  return v.pipe(v.string(), v.check(isWellFormed, 'text without unpaired surrogates'), v.maxLength(max));
}

/** The name of a person or a group. It is cleaned, has at most `max` code units, and is visible. [SH8] [SH9] */
export function nameText(max: number) {
  return v.pipe(
    text(max),
    v.transform(cleanName),
    v.maxLength(max),
    v.check(isVisible, 'a name with a visible character'),
  );
}

/** Objects whose keys come from outside. Keys that would reach a prototype are refused; valibot's record would skip them silently. */
export function keyed<K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>, T extends v.GenericSchema>(
  key: K,
  value: T,
) {
  return v.pipe(v.custom<Record<string, unknown>>(isSafelyKeyed, 'an object with plain keys'), v.record(key, value));
}

/** An instant in the protocol's format: ISO 8601 in UTC with exactly three decimals, on a day that exists. [SH6] */
export const Instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  v.check(isOnItsDay, 'an instant that exists'),
);

export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export type Parsed<T> = { ok: true; value: T } | { ok: false; error: SyncError };

/**
 * Parses outside input. An exceeded limit is `too_large`, every other failure `invalid`. `path` is the dotted path of the
 * field, prefixed with `at` if the value is part of something larger. Never throws. [SH1] [SH2]
 */
export function parse<T extends v.GenericSchema>(schema: T, input: unknown, at = ''): Parsed<v.InferOutput<T>> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  const path = [at, v.getDotPath(issue) ?? ''].filter((part) => part !== '').join('.');
  const code = issue.type === 'max_length' ? 'too_large' : 'invalid';
  return { ok: false, error: syncError(code, messageFor(issue), path === '' ? {} : { path }) };
}

function messageFor(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'max_length') return `longer than ${String(issue.requirement)}`;
  if (issue.expected === 'never') return 'unknown field';
  return issue.type === 'check' || issue.type === 'custom'
    ? `must be ${issue.message}`
    : `expected ${issue.expected ?? issue.message}`;
}

/** `Date` reads the 30th of February, and midnight written as 24:00, as the following day. */
function isOnItsDay(value: string): boolean {
  return new Date(value).getUTCDate() === Number(value.slice(8, 10));
}

function isWellFormed(value: string): boolean {
  // In Unicode mode a surrogate pair is one character, so this class matches only unpaired surrogates.
  return !/\p{Surrogate}/u.test(value);
}

const reachesPrototype = new Set(['__proto__', 'constructor', 'prototype']);

function isSafelyKeyed(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).every((key) => !reachesPrototype.has(key))
  );
}
