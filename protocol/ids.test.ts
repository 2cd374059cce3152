import { describe, expect, it } from 'vitest';
import { parse } from './shape.ts';
import {
  ConversationId,
  DeviceId,
  OpId,
  StreamId,
  UserId,
  directMembers,
  directPeer,
  directStream,
  groupStream,
  isDirect,
  isGroup,
  isPersonal,
  ownerOf,
  personalStream,
  uuidV7,
} from './ids.ts';

const v7 = '019ab697-e808-7804-8201-080402010804';
const is = (schema: Parameters<typeof parse>[0], value: unknown) => parse(schema, value).ok;

describe('ids', () => {
  it('[SH3] ops, messages and groups have version 7 UUIDs in lower case', () => {
    expect(is(OpId, v7)).toBe(true);
    for (const wrong of [v7.toUpperCase(), v7.replace('-7', '-4'), `${v7} `, `{${v7}}`, '', 7, null, [v7], { $gt: '' }])
      expect(is(OpId, wrong)).toBe(false);
    expect(is(ConversationId, `g:${v7}`)).toBe(true);
    expect(is(ConversationId, `g:${v7.toUpperCase()}`)).toBe(false);
    expect(is(DeviceId, v7.replace('-7', '-4'))).toBe(true);
  });

  it('[SH3] user ids consist of letters, digits, _ and -', () => {
    for (const good of ['a', 'A-Z_09', '66f0c0ffee'.repeat(2)]) expect(is(UserId, good)).toBe(true);
    for (const wrong of ['', 'a.b', 'a b', 'a/b', 'ä', 'a\n', 'x'.repeat(65), '__proto__ ', 7])
      expect(is(UserId, wrong)).toBe(false);
  });

  it('[SH4] both sides derive the same name for a direct chat, with the ids sorted by code unit', () => {
    const [a, b] = ['Zoe', 'ann'] as [UserId, UserId];
    expect(directStream(a, b)).toBe('d:Zoe.ann');
    expect(directStream(b, a)).toBe('d:Zoe.ann');
    expect(directMembers(directStream(b, a))).toEqual([a, b]);
    expect(directPeer(directStream(a, b), a)).toBe(b);
    expect(directPeer(directStream(a, a), a)).toBe(a);
    expect(is(ConversationId, 'd:Zoe.ann')).toBe(true);
    expect(is(ConversationId, 'd:ann.ann')).toBe(true);
    for (const wrong of ['d:ann.Zoe', 'd:ann', 'd:a.b.c', 'd:.a', 'u:ann', 'x:ann'])
      expect(is(ConversationId, wrong)).toBe(false);
    expect(() => directMembers(groupStream(v7))).toThrow('not a direct chat');
  });

  it('a personal stream names its owner, and no other stream has one', () => {
    expect(ownerOf(personalStream('ann' as UserId))).toBe('ann');
    expect(() => ownerOf(groupStream(v7))).toThrow('not a personal stream');
  });

  it('the three kinds of streams are told apart', () => {
    const streams = [personalStream('ann' as UserId), directStream('a' as UserId, 'b' as UserId), groupStream(v7)];
    expect(
      streams.map((stream) => [isPersonal(stream), isDirect(stream), isGroup(stream), is(StreamId, stream)]),
    ).toEqual([
      [true, false, false, true],
      [false, true, false, true],
      [false, false, true, true],
    ]);
  });

  it('[SH3] UUIDs sort by the time at which they were made', () => {
    const random = new Uint8Array(10).fill(255);
    const [early, late] = [uuidV7(1_000, random), uuidV7(1_001, new Uint8Array(10))];
    expect(is(OpId, early) && is(OpId, late)).toBe(true);
    expect(early < late).toBe(true);
    expect(early).toBe('00000000-03e8-7fff-bfff-ffffffffffff');
  });
});
