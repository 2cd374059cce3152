import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { httpStatus, isRetryable, syncError, ErrorCode } from './errors.ts';
import { limits } from './limits.ts';
import { Typing, Watch } from './live.ts';
import { type OpKind, ops } from './op.ts';
import { FeedRecord, MessageRecord, countsAsUnread, isKnown } from './record.ts';
import { Instant, keyed, parse, strict, text } from './shape.ts';
import { PullRequest, PushRequest } from './verbs.ts';

const id = '019ab697-e808-7804-8201-080402010804';
const stream = 'd:ann.bob';
const sentAt = '2026-11-24T10:00:00.000Z';

/** One op of each kind, with every field. */
const samples: Record<OpKind, Record<string, unknown>> = {
  'message.send': {
    id,
    stream,
    kind: 'message.send',
    sentAt,
    text: 'x',
    attachments: [
      {
        mediaId: 'm',
        kind: 'image',
        name: 'n',
        mime: 'i',
        size: 1,
        width: 1,
        height: 1,
        durationMs: 1,
        thumbhash: 't',
        waveform: 'w',
      },
    ],
    replyTo: id,
    mentions: ['ann'],
    forward: { stream, messageId: id },
    poll: { options: ['a', 'b'], isMultiple: true, isAnonymous: true },
    retry: true,
  },
  'message.edit': { id, stream, kind: 'message.edit', messageId: id, text: 'x', mentions: [], base: id, retry: true },
  'message.delete': { id, stream, kind: 'message.delete', messageId: id, retry: true },
  'message.pin': { id, stream, kind: 'message.pin', messageId: id, on: true, retry: true },
  'reaction.set': { id, stream, kind: 'reaction.set', messageId: id, emoji: '👍🏽', on: true, retry: true },
  'poll.vote': { id, stream, kind: 'poll.vote', messageId: id, options: [0], retry: true },
  'poll.close': { id, stream, kind: 'poll.close', messageId: id, retry: true },
  'report.send': { id, stream, kind: 'report.send', messageId: id, reason: 'spam', note: 'n', retry: true },
  'receipt.mark': { id, stream, kind: 'receipt.mark', readSeq: 1, deliveredSeq: 1, retry: true },
  'conversation.create': {
    id,
    stream,
    kind: 'conversation.create',
    title: 't',
    memberIds: ['bob'],
    history: 'joined',
    retry: true,
  },
  'conversation.update': {
    id,
    stream,
    kind: 'conversation.update',
    title: 't',
    about: 'a',
    avatar: 'm',
    history: 'all',
    retry: true,
  },
  'member.add': { id, stream, kind: 'member.add', userIds: ['bob'], retry: true },
  'member.join': { id, stream, kind: 'member.join', token: 'aaaaaaaabbbbbbbbccccCC-_', retry: true },
  'member.remove': { id, stream, kind: 'member.remove', userId: 'bob', retry: true },
  'member.role': { id, stream, kind: 'member.role', userId: 'bob', role: 'admin', retry: true },
  'membership.update': {
    id,
    stream,
    kind: 'membership.update',
    mutedUntil: sentAt,
    pinned: true,
    archived: false,
    archivedSeq: 3,
    unread: true,
    notify: 'mentions',
    preview: 'sender',
    blocked: false,
    request: false,
    draft: 'd',
    retry: true,
  },
  'message.schedule': {
    id,
    stream,
    kind: 'message.schedule',
    dueAt: sentAt,
    text: 'x',
    attachments: [{ mediaId: 'm' }],
    replyTo: id,
    mentions: ['ann'],
    poll: { options: ['a', 'b'], isMultiple: true, isAnonymous: true },
    retry: true,
  },
  'scheduled.update': {
    id,
    stream,
    kind: 'scheduled.update',
    scheduledId: id,
    dueAt: sentAt,
    text: 'x',
    mentions: ['ann'],
    retry: true,
  },
  'scheduled.cancel': { id, stream, kind: 'scheduled.cancel', scheduledId: id, retry: true },
};

const refusal = (schema: v.GenericSchema, value: unknown) => {
  const parsed = parse(schema, value);
  return parsed.ok ? 'ok' : [parsed.error.code, parsed.error.path].filter(Boolean).join(' ');
};

describe('shapes', () => {
  it('[SH1] every op parses with all its fields, and is refused if one of them has another shape', () => {
    for (const kind of Object.keys(ops) as OpKind[]) {
      const sample = samples[kind];
      expect(parse(ops[kind], sample)).toEqual({ ok: true, value: sample });
      for (const field of Object.keys(sample))
        for (const wrong of [{ $gt: '' }, { $ne: null }, 1.5, -1, Symbol('x'), () => 1, [[]], '\ud800', Number.NaN])
          expect(refusal(ops[kind], { ...sample, [field]: wrong })).toMatch(
            new RegExp(`^(invalid|too_large) ${field}`),
          );
    }
  });

  it('[SH1] an unknown field is invalid and its path is named, even if its name would reach a prototype', () => {
    for (const kind of Object.keys(ops) as OpKind[])
      for (const field of ['surplus', '__proto__', 'constructor', 'toString', '$where']) {
        const given: unknown = JSON.parse(`{"${field}":1,${JSON.stringify(samples[kind]).slice(1)}`);
        expect(refusal(ops[kind], given)).toBe(`invalid ${field}`);
      }
    expect(refusal(PushRequest, { ops: [], surplus: 1 })).toBe('invalid surplus');
    expect(refusal(Typing, { stream, on: true, userId: 'ann' })).toBe('invalid userId');
    expect(refusal(v.object({ a: strict({ b: v.string() }) }), { a: { b: '', c: 1 } })).toBe('invalid a.c');
  });

  it('[SH1] keys from outside input never reach a prototype', () => {
    const Keyed = keyed(v.string(), v.number());
    for (const key of ['__proto__', 'constructor', 'prototype'])
      expect(parse(Keyed, JSON.parse(`{"${key}":1}`)).ok).toBe(false);
    for (const wrong of [[], null, 'x', 1]) expect(parse(Keyed, wrong).ok).toBe(false);
    expect(refusal(PullRequest, { cursors: { nonsense: 1 } })).toBe('invalid cursors.nonsense');
  });

  it('[SH2] exceeding a limit is too_large, lengths count UTF-16 code units, and nothing is trimmed', () => {
    const send = samples['message.send'];
    expect(refusal(ops['message.send'], { ...send, text: 'x'.repeat(limits.text) })).toBe('ok');
    expect(refusal(ops['message.send'], { ...send, text: '🎈'.repeat(limits.text / 2) })).toBe('ok');
    expect(refusal(ops['message.send'], { ...send, text: `${'🎈'.repeat(limits.text / 2)}x` })).toBe('too_large text');
    expect(
      refusal(ops['message.send'], { ...send, attachments: Array.from({ length: 11 }, () => ({ mediaId: 'm' })) }),
    ).toBe('too_large attachments');
    expect(refusal(ops['conversation.create'], { ...samples['conversation.create'], title: 'x'.repeat(201) })).toBe(
      'too_large title',
    );
    expect(refusal(ops['member.add'], { ...samples['member.add'], userIds: Array(1001).fill('a') })).toBe(
      'too_large userIds',
    );
    expect(refusal(PushRequest, { ops: Array(101).fill(0) })).toBe('too_large ops');
    expect(refusal(Watch, { userIds: Array(201).fill('a') })).toBe('too_large userIds');
    const parsed = parse(text(9), '  x \n\t');
    expect(parsed).toEqual({ ok: true, value: '  x \n\t' });
  });

  it('[SH5] unknown record types and fields are ignored, but their revs are kept', () => {
    const poll = { type: 'poll', id: 'p', stream, rev: 7, question: '?' };
    const parsed = parse(FeedRecord, poll);
    expect(parsed).toEqual({ ok: true, value: { type: 'poll', id: 'p', stream, rev: 7 } });
    expect(parsed.ok && isKnown(parsed.value)).toBe(false);
    const newer = parse(FeedRecord, { type: 'member', id: 'm', stream, rev: 8, userId: 'ann', role: 'guest' });
    expect(newer.ok && isKnown(newer.value)).toBe(false);
    const message = {
      type: 'message',
      id,
      stream,
      rev: 3,
      seq: 1,
      senderId: 'ann',
      sentAt,
      createdAt: sentAt,
      text: '',
      attachments: [],
      mentions: [],
      reactions: {},
    };
    expect(parse(MessageRecord, { ...message, later: true })).toEqual({ ok: true, value: message });
    expect(isKnown(message as never)).toBe(true);
  });

  it('[SH6] times are ISO 8601 in UTC with milliseconds, on days that exist', () => {
    expect(parse(Instant, sentAt).ok).toBe(true);
    for (const wrong of [
      '2026-11-24T10:00:00Z',
      '2026-11-24T10:00:00.000+01:00',
      '2026-02-30T10:00:00.000Z',
      '2026-11-24',
      1_764_000_000_000,
      '',
    ])
      expect(parse(Instant, wrong).ok).toBe(false);
  });

  it('[SH7] text keeps every character, but an unpaired surrogate is invalid', () => {
    for (const kept of ['\0', '\u202e', '🏳️‍🌈', 'e\u0301', '\ufeff'])
      expect(parse(text(99), kept)).toEqual({ ok: true, value: kept });
    for (const half of ['\ud83c', 'a\udf88', '\udf88\ud83c', 'x\ud83cx'])
      expect(refusal(text(99), half)).toBe('invalid');
  });

  it('a reaction is exactly one emoji, whatever it is composed of', () => {
    const react = (emoji: string) => refusal(ops['reaction.set'], { ...samples['reaction.set'], emoji });
    for (const one of ['👍', '👍🏽', '❤️', '🏳️‍🌈', '🇨🇭', '1️⃣', '👨‍👩‍👧‍👦']) expect(react(one)).toBe('ok');
    for (const other of ['', 'a', '👍👍', '👍 ', '1', '#', '🇨🇭🇨🇭', '👍a', '__proto__'])
      expect(react(other)).toBe('invalid emoji');
  });

  it('[RD1] a mark has at least one of readSeq and deliveredSeq', () => {
    const { readSeq: _, deliveredSeq: __, ...neither } = samples['receipt.mark'];
    expect(refusal(ops['receipt.mark'], neither)).toBe('invalid');
  });

  it('[RD4] the reader’s own messages, system messages and deleted messages never count as unread', () => {
    const message = { senderId: 'ann' } as MessageRecord;
    expect(countsAsUnread(message, 'bob' as never)).toBe(true);
    expect(countsAsUnread(message, 'ann' as never)).toBe(false);
    expect(countsAsUnread({ ...message, deletedAt: sentAt }, 'bob' as never)).toBe(false);
    expect(countsAsUnread({ ...message, event: { kind: 'member.add', by: 'ann' as never } }, 'bob' as never)).toBe(
      false,
    );
  });

  it('[ER1] [ER2] every code has its own status, and only some can change on a retry', () => {
    const codes = ErrorCode.options;
    expect(codes.filter(isRetryable).sort()).toEqual([
      'internal',
      'rate_limited',
      'unauthorized',
      'unavailable',
      'upgrade_required',
    ]);
    expect(new Set(codes.map(httpStatus)).size).toBe(codes.length);
    expect(syncError('invalid', 'm', { path: 'p' })).toEqual({ code: 'invalid', message: 'm', path: 'p' });
  });
});
