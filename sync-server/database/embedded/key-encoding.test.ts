import { Binary, BSONRegExp, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { compoundKey, encodeExact, encodeKey, inverted } from './key-encoding.ts';

/** Encodings on existing disks: other bytes would need a new format and a migration. */
const stored: [name: string, value: unknown, hex: string][] = [
  ['the smallest key', new MinKey(), '05'],
  ['null', null, '10'],
  ['a whole number', new Int32(5), '20c0140000000000008000'],
  ['a negative number', new Int32(-5), '203febffffffffffff8000'],
  ['minus zero, like zero', new Double(-0), '2080000000000000008000'],
  ['NaN', new Double(Number.NaN), '2000000000000000000000'],
  ['a long beyond doubles', Long.fromBigInt(2n ** 53n + 1n), '20c3400000000000008001'],
  ['text', 'é', '30c3a90000'],
  ['text with NUL', 'a\0b', '306100ff620000'],
  ['a document', { a: new Int32(1) }, '402061000020bff0000000000000800000'],
  ['an array', [null, true], '5010800100'],
  ['bytes', new Binary(Buffer.from([1, 2]), 4), '6000000002040102'],
  ['an id', new ObjectId('0123456789abcdef01234567'), '700123456789abcdef01234567'],
  ['false', false, '8000'],
  ['a day before 1970', new Date(-1), '907fffffffffffffff'],
  ['a timestamp', new Timestamp({ t: 1, i: 2 }), 'a00000000100000002'],
  ['a pattern', new BSONRegExp('a', 'i'), 'b0610000690000'],
  ['the largest key', new MaxKey(), 'f0'],
];

describe('keys', () => {
  it.each(stored)('%s keeps its encoding', (_name, value, hex) => {
    expect(encodeExact(value).toString('hex')).toBe(hex);
    expect(encodeKey(value).toString('hex')).toBe(hex);
  });

  it('a long text becomes a prefix and a hash, and a short one stays as it is', () => {
    const [one, other] = [encodeKey(`${'x'.repeat(500)}a`), encodeKey(`${'x'.repeat(500)}b`)];
    expect([one.length, other.length]).toEqual([412, 412]);
    expect(one.subarray(0, 380)).toEqual(other.subarray(0, 380));
    expect(one).not.toEqual(other);
    expect(encodeKey('x'.repeat(300))).toEqual(encodeExact('x'.repeat(300)));
  });

  it('a compound key concatenates its fields, inverts descending ones, and tells whether one was shortened', () => {
    const prefix = Buffer.from('prefix');
    const long = 'y'.repeat(100_000);
    const fields = [
      { path: 'one', isDescending: false },
      { path: 'other', isDescending: true },
    ];
    for (const doc of [{ one: 'a', other: new Int32(1) }, { one: long }, { one: { b: 'c' }, other: long }]) {
      const { one, other = null } = doc as { one: unknown; other?: unknown };
      const { key, hasShortened } = compoundKey(prefix, fields, doc, 8);
      const fieldsOnly = Buffer.concat([prefix, encodeKey(one), inverted(encodeKey(other))]);
      expect(key.subarray(0, -8)).toEqual(fieldsOnly);
      expect(key).toHaveLength(fieldsOnly.length + 8);
      expect(hasShortened).toBe(one === long || other === long);
    }
  });
});
