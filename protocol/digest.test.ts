import { expect, it } from 'vitest';
import { type CursorOf, DAMAGED_CURSOR, Digest, behindOf, digestOf } from './digest.ts';
import { type StreamId, groupStream, uuidV7 } from './ids.ts';
import { parse } from './shape.ts';
import { randomFrom } from './testing/seeded-random.fixture.ts';

const random = randomFrom(7);
const below = (n: number) => Math.floor(random() * n);
const newStream = () =>
  groupStream(
    uuidV7(
      1_764_000_000_000 + below(1e9),
      new Uint8Array(10).map(() => below(256)),
    ),
  );
const streams = Array.from({ length: 3_000 }, newStream);
const heads: CursorOf[] = streams.map((stream) => [stream, 1 + below(5_000)]);
const salt = () => below(2 ** 32);
/** The cursors of a device that lacks this much of the last streams. */
const heldBut = (lacking: number[]): CursorOf[] =>
  heads.flatMap(([stream, head], at): CursorOf[] => {
    const cursor = head - Math.min(head, lacking[heads.length - 1 - at] ?? 0);
    return cursor === 0 ? [] : [[stream, cursor]];
  });

it('[DG1] a digest of streams at their heads shows no difference, whatever its salt and its size', () => {
  for (const cells of [1, 3, 9, 120, 600]) {
    const { cursors, isComplete } = behindOf(digestOf(heads, salt(), cells), heads);
    expect([cursors.size, isComplete]).toEqual([0, true]);
  }
});

it('[DG1] 120 cells tell exactly which 60 of 3,000 streams are behind, and what their cursors are', () => {
  for (let round = 0; round < 10; round++) {
    const held = heldBut(Array.from({ length: 60 }, () => 1 + below(6_000)));
    const cursors = new Map(held);
    const expected = heads.filter(([stream, head]) => cursors.get(stream) !== head);
    const behind = behindOf(digestOf(held, salt(), 120), heads);
    expect(behind.isComplete).toBe(true);
    expect(behind.cursors).toEqual(new Map(expected.map(([stream]) => [stream, cursors.get(stream) ?? 0])));
  }
});

it('[DG1] every stream of a device that holds nothing is behind, whatever the size of its digest', () => {
  const { cursors, isComplete } = behindOf(digestOf([], salt(), 1), heads);
  expect([cursors.size, isComplete]).toEqual([3_000, true]);
  expect(new Set(cursors.values())).toEqual(new Set([0]));
});

it('[DG1] [VB6] cursors above the head, of damaged rows, and of streams that the person may no longer read are found too', () => {
  const [above, damaged, gone] = heads.map(([stream]) => stream) as [StreamId, StreamId, StreamId];
  const held = new Map(heads).set(above, 9_999).set(damaged, DAMAGED_CURSOR);
  const now = heads.map(([stream, head]): CursorOf => [stream, stream === gone ? 0 : head]);
  const { cursors, isComplete } = behindOf(digestOf(held, salt(), 120), now);
  const expected = [
    [above, 9_999],
    [damaged, DAMAGED_CURSOR],
    [gone, heads[2]?.[1] ?? 0],
  ];
  expect([Object.fromEntries(cursors), isComplete]).toEqual([Object.fromEntries(expected), true]);
});

it('[DG1] if more differs than a digest can tell, that is noticed, and the streams that it names are behind', () => {
  for (let round = 0; round < 10; round++) {
    const held = heldBut(Array.from({ length: 400 }, () => 1 + below(3)));
    const cursors = new Map(held);
    const behind = behindOf(digestOf(held, salt(), 120), heads);
    expect(behind.isComplete).toBe(false);
    for (const [stream, cursor] of behind.cursors) expect(cursor).toBe(cursors.get(stream) ?? 0);
  }
});

it('[DG1] one stale stream shows under every salt, and so do two differences that cancel each other out', () => {
  const some = heads.slice(0, 50);
  for (let round = 0; round < 300; round++) {
    const one = below(some.length);
    const held = some.map(([stream, head], at): CursorOf => [stream, at === one ? head + 1 : head]);
    expect(behindOf(digestOf(some, salt(), 9), held).cursors.size).toBe(1);
    const shifted = some.map(([stream, head], at): CursorOf => [stream, head + (at === 0 ? 1 : at === 1 ? -1 : 0)]);
    const { cursors, isComplete } = behindOf(digestOf(some, salt(), 3), shifted);
    expect(cursors.size > 0 || !isComplete).toBe(true);
  }
});

it('[DG1] a digest of 10,000 streams with nothing new is below 2 kB, and a digest of one stream below 200 bytes', () => {
  const many = Array.from({ length: 10_000 }, (): CursorOf => [newStream(), 1 + below(1e6)]);
  expect(JSON.stringify(digestOf(many, 2 ** 32 - 1, 120)).length).toBeLessThan(1_800);
  expect(JSON.stringify(digestOf(many.slice(0, 1), 2 ** 32 - 1, 9)).length).toBeLessThan(200);
});

it('[DG5] a forged digest costs no more steps than its size allows', () => {
  const text = Array.from({ length: 120 * 14 }, () => 'ABab01-_'.charAt(below(8))).join('');
  const { isComplete } = behindOf({ salt: 1, cells: text }, heads);
  expect(isComplete).toBe(false);
});

it('[SH1] [DG5] a digest is a salt and whole cells in threes, no more than 12,288 of them', () => {
  const refusal = (digest: unknown) => {
    const parsed = parse(Digest, digest);
    return parsed.ok ? 'ok' : `${parsed.error.code} ${parsed.error.path ?? ''}`;
  };
  const three = 'A'.repeat(42);
  expect(refusal({ salt: 0, cells: three })).toBe('ok');
  for (const cells of ['', 'A', 'A'.repeat(14), `${three}A`, '='.repeat(42), 7, undefined])
    expect(refusal({ salt: 0, cells })).toBe('invalid cells');
  for (const bad of [-1, 2 ** 32, 0.5, '1']) expect(refusal({ salt: bad, cells: three })).toBe('invalid salt');
  expect(refusal({ salt: 0, cells: 'A'.repeat(12_288 * 14) })).toBe('ok');
  expect(refusal({ salt: 0, cells: 'A'.repeat(12_288 * 14 + 42) })).toBe('too_large cells');
});
