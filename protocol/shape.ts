import * as v from 'valibot';
import { type SyncError, syncError } from './errors.ts';

type Entries = v.ObjectEntries;

/**
 * An object without unknown fields. The entries lose their prototype first: valibot asks `key in entries`, and a plain
 * object would answer yes for `__proto__` and `constructor`, so such fields would pass unseen instead of being refused.
 */
export function strict<const T extends Entries>(entries: T): v.StrictObjectSchema<T, undefined> {
  return v.strictObject(Object.assign(Object.create(null), entries) as T);
}

/** Text as people write it: any length up to `max` code units, NUL allowed, but no half of a surrogate pair, which no UTF-8 store keeps. */
export function text(max: number) {
  return v.pipe(v.string(), v.check(isWellFormed, 'text without half a surrogate pair'), v.maxLength(max));
}

/** Objects keyed by outside input. Keys that would reach a prototype are refused; valibot's record would skip them silently. */
export function keyed<K extends v.BaseSchema<string, string, v.BaseIssue<unknown>>, T extends v.GenericSchema>(
  key: K,
  value: T,
) {
  return v.pipe(v.custom<Record<string, unknown>>(isSafelyKeyed, 'an object with plain keys'), v.record(key, value));
}

/** An instant as the contract writes it: ISO 8601, UTC, exactly three decimals, and a day that exists. */
export const Instant = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/),
  v.check(isOnItsDay, 'an instant that exists'),
);

export const Count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const Positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

export type Parsed<T> = { ok: true; value: T } | { ok: false; error: SyncError };

/**
 * Parses what came from outside. A limit exceeded is `too_large`, everything else `invalid`; `path` is dotted from the
 * parsed value, below `at` where it is part of something larger. Never throws. [SH1] [SH2]
 */
export function parse<T extends v.GenericSchema>(schema: T, input: unknown, at = ''): Parsed<v.InferOutput<T>> {
  const result = v.safeParse(schema, input, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  const path = [at, v.getDotPath(issue) ?? ''].filter((part) => part !== '').join('.');
  const code = issue.type === 'max_length' ? 'too_large' : 'invalid';
  return { ok: false, error: syncError(code, complaint(issue), path === '' ? {} : { path }) };
}

function complaint(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'max_length') return `longer than ${String(issue.requirement)}`;
  if (issue.expected === 'never') return 'unknown field';
  return issue.type === 'check' || issue.type === 'custom'
    ? `must be ${issue.message}`
    : `expected ${issue.expected ?? issue.message}`;
}

/** The 30th of February, and midnight as 24:00, are read as the day after. */
function isOnItsDay(value: string): boolean {
  return new Date(value).getUTCDate() === Number(value.slice(8, 10));
}

function isWellFormed(value: string): boolean {
  // In unicode mode a pair is one character, so this class meets only halves.
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
