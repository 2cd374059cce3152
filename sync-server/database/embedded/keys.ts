import { createHash } from 'node:crypto';
import { type Binary, type BSONRegExp, Long, type ObjectId, type Timestamp } from 'bson';
import { type Doc, toNumber, typeOf } from './values.ts';

/*
 * Values as bytes whose memcmp order is BSON's order. Every encoding is self-delimiting, so that fields can be strung
 * together and a field's bytes inverted for a descending index.
 */

const MIN_KEY = 0x05;
const EMPTY_ARRAY = 0x0f; // an empty array is indexed below null, so that `{a: null}` does not meet it
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

/** Longest encoding of one value in an index. LMDB's keys end at 1,978 bytes; beyond this a prefix and a hash stand in. */
const LONGEST = 420;
const PREFIX = 380;

/** The first byte of a value's encoding: values compare by it first, and range conditions never leave it. */
export function bracket(value: unknown): number {
  return bracketOf[typeOf(value)] ?? NULL;
}

/** Full encoding, for comparing. */
export function encodeExact(value: unknown): Buffer {
  const out: Buffer[] = [];
  append(value, out);
  return out.length === 1 ? (out[0] as Buffer) : Buffer.concat(out);
}

export const emptyArrayKey = Buffer.from([EMPTY_ARRAY]);

/** Encoding for an index: like `encodeExact`, but bounded. Equal values have equal bytes; order holds up to the prefix. */
export function encodeKey(value: unknown): Buffer {
  const exact = encodeExact(value);
  if (exact.length <= LONGEST) return exact;
  return Buffer.concat([exact.subarray(0, PREFIX), createHash('sha256').update(exact).digest()]);
}

export function isShortened(key: Buffer): boolean {
  return key.length === PREFIX + 32;
}

/** A range bound beside shortened keys: its prefix, which sorts before (or, followed by ff, after) all that share it. */
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
    // Byte order, not UTF-16 order; below the surrogates the two agree.
    if (a === b) return 0;
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return Buffer.compare(encodeExact(a), encodeExact(b));
}

export function equalValues(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return compareValues(a, b) === 0;
}

function append(value: unknown, out: Buffer[]): void {
  const type = typeOf(value);
  const first = bracketOf[type] ?? NULL;
  switch (first) {
    case NUMBER:
      out.push(numberKey(value));
      return;
    case STRING:
      out.push(Buffer.from([STRING]), escaped(Buffer.from(value as string)));
      return;
    case OBJECT:
      out.push(Buffer.from([OBJECT]));
      for (const [name, field] of Object.entries(value as Doc)) {
        out.push(Buffer.from([bracket(field)]), escaped(Buffer.from(name)));
        append(field, out);
      }
      out.push(Buffer.from([0]));
      return;
    case ARRAY:
      out.push(Buffer.from([ARRAY]));
      for (const item of value as unknown[]) append(item, out);
      out.push(Buffer.from([0]));
      return;
    case BINARY: {
      const binary = value as Binary;
      const bytes = binary.buffer.subarray(0, binary.position);
      const head = Buffer.alloc(6);
      head[0] = BINARY;
      head.writeUInt32BE(bytes.length, 1);
      head[5] = binary.sub_type;
      out.push(head, Buffer.from(bytes));
      return;
    }
    case OBJECT_ID:
      out.push(Buffer.from([OBJECT_ID]), Buffer.from((value as ObjectId).id));
      return;
    case BOOLEAN:
      out.push(Buffer.from([BOOLEAN, value === true ? 1 : 0]));
      return;
    case DATE: {
      const key = Buffer.alloc(9);
      key[0] = DATE;
      key.writeBigUInt64BE(BigInt((value as Date).getTime()) + 0x8000000000000000n, 1);
      out.push(key);
      return;
    }
    case TIMESTAMP: {
      const key = Buffer.alloc(9);
      key[0] = TIMESTAMP;
      key.writeBigUInt64BE((value as Timestamp).toBigInt() & 0xffffffffffffffffn, 1);
      out.push(key);
      return;
    }
    case REGEX: {
      const regex = value as BSONRegExp;
      out.push(Buffer.from([REGEX]), escaped(Buffer.from(regex.pattern)), escaped(Buffer.from(regex.options)));
      return;
    }
    default:
      out.push(Buffer.from([first]));
  }
}

/** A double with its sign flipped into unsigned order, then how far a Long lies from that double. */
function numberKey(value: unknown): Buffer {
  const key = Buffer.allocUnsafe(11);
  key[0] = NUMBER;
  let double = toNumber(value);
  if (Number.isNaN(double)) {
    key.fill(0, 1);
    return key;
  }
  if (double === 0) double = 0; // −0 equals 0
  key.writeDoubleBE(double, 1);
  const isNegative = ((key[1] as number) & 0x80) !== 0;
  if (isNegative) for (let i = 1; i < 9; i++) key[i] = ~(key[i] as number) & 0xff;
  else key[1] = (key[1] as number) | 0x80;
  const distance = value instanceof Long && !Number.isSafeInteger(double) ? value.toBigInt() - BigInt(double) : 0n;
  key.writeUInt16BE(Number(distance) + 0x8000, 9);
  return key;
}

/** 00 becomes 00 ff, the end is 00 00: shorter sorts first, and nothing inside looks like the end. */
function escaped(bytes: Buffer): Buffer {
  if (!bytes.includes(0)) return Buffer.concat([bytes, terminator]);
  const out: number[] = [];
  for (const byte of bytes) {
    out.push(byte);
    if (byte === 0) out.push(0xff);
  }
  return Buffer.concat([Buffer.from(out), terminator]);
}

const terminator = Buffer.from([0, 0]);
