import { createHash } from 'node:crypto';
import { type Binary, type BSONRegExp, Double, Int32, Long, type ObjectId, type Timestamp } from 'bson';
import type { Doc } from './doc.ts';
import { toNumber, typeOf } from './value-types.ts';

/*
 * Encodes values as bytes whose memcmp order is BSON's order. Every encoding is self-delimiting, so that fields can be
 * concatenated, and a field's bytes inverted for a descending index.
 */

const MIN_KEY = 0x05;
const EMPTY_ARRAY = 0x0f; // sorts below null, so that `{a: null}` does not match an empty array
const NULL = 0x10;
const NUMBER = 0x20;
const STRING = 0x30;
const OBJECT = 0x40;
const ARRAY = 0x50;
const BINARY = 0x60;
const OBJECT_ID = 0x70;
const BOOLEAN = 0x80;
const DATE = 0x90;
const TIMESTAMP = 0xa0;
const REGEX = 0xb0;
const MAX_KEY = 0xf0;

const bracketOf: Record<number, number> = {
  [-1]: MIN_KEY,
  10: NULL,
  1: NUMBER,
  16: NUMBER,
  18: NUMBER,
  2: STRING,
  3: OBJECT,
  4: ARRAY,
  5: BINARY,
  7: OBJECT_ID,
  8: BOOLEAN,
  9: DATE,
  17: TIMESTAMP,
  11: REGEX,
  127: MAX_KEY,
};

/** The longest encoding of one value in an index; a longer one becomes a prefix and a hash. LMDB's keys have at most 1,978 bytes. */
const LONGEST = 420;
const PREFIX = 380;
const SHORTENED = PREFIX + 32;

/** The first byte of a value's encoding. Values compare by it first, and a range condition matches only within it. */
export function bracket(value: unknown): number {
  return bracketOf[typeOf(value)] ?? NULL;
}

/*
 * Fields are encoded into one shared buffer, and the result is copied out. The encoding is synchronous, so the buffer is
 * safe to share; a buffer for each field of each index would cost more than the encoding.
 */
const SCRATCH_BYTES = 64 * 1024;
let scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
let end = 0;

/** The full encoding, for comparisons. */
export function encodeExact(value: unknown): Buffer {
  end = 0;
  append(value);
  return copyOut();
}

export const emptyArrayKey = Buffer.from([EMPTY_ARRAY]);

/** The bounded encoding, for an index. Equal values have equal bytes, and the order holds up to the prefix. */
export function encodeKey(value: unknown): Buffer {
  end = 0;
  appendBounded(value);
  return copyOut();
}

/**
 * The concatenated key of a document's plain fields, with descending ones inverted and `tail` bytes left at its end for
 * the caller; and whether a value was shortened.
 */
export function compoundKey(
  prefix: Buffer,
  fields: readonly { path: string; isDescending: boolean }[],
  doc: Doc,
  tail: number,
): { key: Buffer; hasShortened: boolean } {
  end = prefix.copy(scratch);
  let hasShortened = false;
  for (const { path, isDescending } of fields) {
    const start = end;
    appendBounded(Object.hasOwn(doc, path) ? doc[path] : null);
    hasShortened ||= end - start === SHORTENED;
    if (isDescending) for (let i = start; i < end; i++) scratch[i] = ~(scratch[i] as number) & 0xff;
  }
  room(tail);
  end += tail;
  return { key: copyOut(), hasShortened };
}

function copyOut(): Buffer {
  const out = Buffer.allocUnsafe(end);
  scratch.copy(out, 0, 0, end);
  if (scratch.length > SCRATCH_BYTES) scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES); // releases the memory of a long value
  return out;
}

function appendBounded(value: unknown): void {
  const start = end;
  append(value);
  if (end - start <= LONGEST) return;
  const hash = createHash('sha256').update(scratch.subarray(start, end)).digest();
  end = start + PREFIX + hash.copy(scratch, start + PREFIX);
}

export function isShortened(key: Buffer): boolean {
  return key.length === SHORTENED;
}

/** A bound of a range. A long value's bound is its prefix, which sorts before (or, followed by ff, after) all keys with it. */
export function rangeKey(value: unknown): { bytes: Buffer; isExact: boolean } {
  const exact = encodeExact(value);
  return exact.length <= LONGEST
    ? { bytes: exact, isExact: true }
    : { bytes: exact.subarray(0, PREFIX), isExact: false };
}

export function inverted(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = ~(bytes[i] as number) & 0xff;
  return out;
}

export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') {
    // BSON compares UTF-8 bytes, not UTF-16 code units.
    if (a === b) return 0;
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  if (isPlainNumber(a) && isPlainNumber(b)) return Math.sign(toNumber(a) - toNumber(b));
  return Buffer.compare(encodeExact(a), encodeExact(b));
}

export function equalValues(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' || typeof b === 'string' || typeof a === 'boolean' || typeof b === 'boolean')
    return a === b;
  return compareValues(a, b) === 0;
}

/** Finite, and represented exactly by a double. */
function isPlainNumber(value: unknown): boolean {
  return value instanceof Int32 || (value instanceof Double && Number.isFinite(value.value));
}

function append(value: unknown): void {
  const first = bracketOf[typeOf(value)] ?? NULL;
  room(16);
  scratch[end++] = first;
  switch (first) {
    case NUMBER:
      appendNumber(value);
      return;
    case STRING:
      appendText(value as string);
      return;
    case OBJECT:
      for (const [name, field] of Object.entries(value as Doc)) {
        room(1);
        scratch[end++] = bracket(field);
        appendText(name);
        append(field);
      }
      room(1);
      scratch[end++] = 0;
      return;
    case ARRAY:
      for (const item of value as unknown[]) append(item);
      room(1);
      scratch[end++] = 0;
      return;
    case BINARY: {
      const binary = value as Binary;
      end = scratch.writeUInt32BE(binary.position, end);
      scratch[end++] = binary.sub_type;
      appendBytes(binary.buffer.subarray(0, binary.position));
      return;
    }
    case OBJECT_ID:
      appendBytes((value as ObjectId).id);
      return;
    case BOOLEAN:
      scratch[end++] = value === true ? 1 : 0;
      return;
    case DATE:
      end = scratch.writeBigUInt64BE(BigInt((value as Date).getTime()) + 0x8000000000000000n, end);
      return;
    case TIMESTAMP:
      end = scratch.writeBigUInt64BE((value as Timestamp).toBigInt() & 0xffffffffffffffffn, end);
      return;
    case REGEX: {
      const regex = value as BSONRegExp;
      appendText(regex.pattern);
      appendText(regex.options);
      return;
    }
    default: // the bracket is the whole encoding
  }
}

/** A double with its bits in unsigned order, then the distance of a Long from that double. */
function appendNumber(value: unknown): void {
  let double = toNumber(value);
  const start = end;
  end += 10;
  if (Number.isNaN(double)) {
    scratch.fill(0, start, end);
    return;
  }
  if (double === 0) double = 0; // −0 equals 0
  scratch.writeDoubleBE(double, start);
  const sign = scratch[start] as number;
  if ((sign & 0x80) === 0) scratch[start] = sign | 0x80;
  else for (let i = start; i < start + 8; i++) scratch[i] = ~(scratch[i] as number) & 0xff;
  const distance = value instanceof Long && !Number.isSafeInteger(double) ? value.toBigInt() - BigInt(double) : 0n;
  scratch.writeUInt16BE(Number(distance) + 0x8000, start + 8);
}

/** 00 becomes 00 ff, and the end is 00 00, so that a shorter text sorts first and no text contains the end. */
function appendText(text: string): void {
  if (text.includes('\0')) appendEscaped(Buffer.from(text));
  else {
    room(text.length * 3 + 2);
    end += scratch.write(text, end);
  }
  room(2);
  scratch[end++] = 0;
  scratch[end++] = 0;
}

function appendEscaped(bytes: Buffer): void {
  room(bytes.length * 2);
  for (const byte of bytes) {
    scratch[end++] = byte;
    if (byte === 0) scratch[end++] = 0xff;
  }
}

function appendBytes(bytes: Uint8Array): void {
  room(bytes.length);
  scratch.set(bytes, end);
  end += bytes.length;
}

function room(bytes: number): void {
  if (end + bytes <= scratch.length) return;
  const wider = Buffer.allocUnsafeSlow(Math.max(2 * scratch.length, end + bytes));
  scratch.copy(wider, 0, 0, end);
  scratch = wider;
}
