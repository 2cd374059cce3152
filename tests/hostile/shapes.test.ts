import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import { PUSH_SPLIT_BYTES } from '#protocol/limits.ts';
import { type OpKind, ops } from '#protocol/op.ts';
import { verbs } from '#protocol/verbs.ts';
import type { TestServer } from '#server/testing/server.fixture.ts';
import { type BothTransports, instant, newId, sendOp, startPair } from './both-transports.fixture.ts';
import { fieldsOf, unboundedText, wrongValues } from './wrong-values.fixture.ts';

interface Place {
  group: ConversationId;
  message: OpId;
  user: UserId;
}

/** With every field that it can have. */
const attachment = {
  mediaId: 'a-file',
  kind: 'image',
  name: 'picture.png',
  mime: 'image/png',
  size: 1,
  width: 1,
  height: 1,
  durationMs: 1,
  thumbhash: 'x',
  waveform: 'x',
};

/** An op of each kind with every field that it can have; the compiler and a test below check that none is missing. */
const samples: Record<OpKind, (place: Place) => object> = {
  'message.send': ({ group, message, user }) => ({
    sentAt: instant(),
    text: 'text',
    attachments: [attachment],
    replyTo: message,
    mentions: [user],
    forward: { stream: group, messageId: message },
    poll: { options: ['a', 'b'], isMultiple: true, isAnonymous: true },
  }),
  'message.edit': ({ message, user }) => ({ messageId: message, text: 'edited', mentions: [user], base: message }),
  'message.delete': ({ message }) => ({ messageId: message }),
  'message.pin': ({ message }) => ({ messageId: message, on: true }),
  'reaction.set': ({ message }) => ({ messageId: message, emoji: '👍', on: true }),
  'poll.vote': ({ message }) => ({ messageId: message, options: [0] }),
  'poll.close': ({ message }) => ({ messageId: message }),
  'report.send': ({ message }) => ({ messageId: message, reason: 'spam', note: 'note' }),
  'receipt.mark': () => ({ readSeq: 1, deliveredSeq: 1 }),
  'conversation.create': ({ user }) => ({ title: 'title', memberIds: [user], history: 'all' }),
  'conversation.update': () => ({ title: 'title', about: 'about', avatar: 'a-file', history: 'all' }),
  'member.add': ({ user }) => ({ userIds: [user] }),
  'member.join': () => ({ token: 'aaaaaaaabbbbbbbbcccccccc' }),
  'member.remove': ({ user }) => ({ userId: user }),
  'member.role': ({ user }) => ({ userId: user, role: 'admin' }),
  'membership.update': () => ({
    mutedUntil: instant(),
    pinned: true,
    archived: true,
    archivedSeq: 1,
    unread: true,
    notify: 'nothing',
    preview: 'nothing',
    blocked: true,
    request: false,
    draft: 'draft',
  }),
  'message.schedule': ({ message, user }) => ({
    dueAt: instant(),
    text: 'text',
    attachments: [attachment],
    replyTo: message,
    mentions: [user],
    poll: { options: ['a', 'b'], isMultiple: true, isAnonymous: true },
  }),
  'scheduled.update': ({ message, user }) => ({
    scheduledId: message,
    dueAt: instant(),
    text: 'text',
    mentions: [user],
  }),
  'scheduled.cancel': ({ message }) => ({ scheduledId: message }),
};

const kinds = Object.keys(ops) as OpKind[];

describe('malformed requests, over both transports', () => {
  let server: TestServer;
  let ann: BothTransports;
  let place: Place;
  beforeAll(async () => {
    const pair = await startPair();
    ({ server, ann } = pair);
    place = { ...pair.place, user: pair.bob.userId };
  });
  afterAll(() => server.close());

  const sampleOf = (kind: OpKind) => ({
    id: newId(),
    stream: place.group,
    kind,
    retry: false,
    ...samples[kind](place),
  });

  it('the samples have every field of every op', () => {
    for (const kind of kinds) {
      const sample = sampleOf(kind);
      for (const path of fieldsOf(ops[kind]))
        expect({ kind, path, value: at(sample, path) }).not.toHaveProperty('value', undefined);
    }
  });

  it('[SH2] every text that people write has a limit, in every op', () => {
    // The server does not keep what a client says about a file, so only the packet's size bounds it.
    const ofFiles = ['message.send', 'message.schedule'].flatMap((kind) =>
      ['name', 'mime', 'thumbhash', 'waveform'].map((name) => `${kind} attachments.0.${name}`),
    );
    expect(kinds.flatMap((kind) => unboundedText(ops[kind]).map((path) => `${kind} ${path}`))).toEqual(ofFiles);
  });

  it.each(kinds)(
    '[SH1] [SH2] [SH7] [SEC-01] [SEC-45] %s with one wrong field is refused with code and path, and has no effect',
    async (kind) => {
      const before = await ann.state();
      const wrong = wrongValues(ops[kind], sampleOf(kind));
      expect(wrong.length).toBeGreaterThan(60);
      for (const some of portions(wrong)) {
        const answers = await ann.refusals(some.map(({ value }) => (isObject(value) ? value : { value })));
        for (const [nth, { path, code, what, value }] of some.entries()) {
          const wanted = isObject(value) ? path : 'id';
          expect({ what, answer: brief(answers[nth], wanted) }).toEqual({ what, answer: { code, path: wanted } });
        }
      }
      expect(await ann.state()).toEqual(before);
    },
  );

  it('[SH1] [VB1] a value that is no op is refused alone, and its neighbours take effect', async () => {
    const junk = [
      null,
      undefined,
      7,
      'x',
      true,
      [],
      {},
      [[]],
      { id: {} },
      { $gt: '' },
      { id: newId() },
      { kind: '__proto__' },
    ];
    for (const transport of ['socket', 'http'] as const) {
      const good = junk.map((_, nth) => sendOp(place.group, `neighbour of junk, by ${transport} ${nth}`));
      const ops = junk.flatMap((bad, nth) => [bad, good[nth]]);
      const answer =
        transport === 'socket'
          ? await ann.socket.ask('push', { ops })
          : (await ann.person.post('push', { ops })).answer;
      expect(answer.results.map(({ ok }) => ok)).toEqual(junk.flatMap(() => [false, true]));
      const refused = answer.results.filter(({ ok }) => !ok);
      for (const result of refused) expect(result).toMatchObject({ error: { code: 'invalid' } });
    }
    const texts = JSON.stringify(await ann.ask('history', { stream: place.group }));
    expect(texts.match(/neighbour of junk/g)).toHaveLength(2 * junk.length);
  });

  it.each([
    ['push', { ops: [] }],
    [
      'pull',
      () => ({
        epoch: 'x',
        cursors: { [place.group]: 1 },
        only: [place.group],
        limit: 10,
        // Not together, which is refused last.
        digest: { salt: 1, cells: 'A'.repeat(42) },
        rest: 'x',
      }),
    ],
    [
      'history',
      () => ({
        stream: place.group,
        before: 9,
        after: 0,
        // Not together, which is refused last.
        around: { seq: 1, id: newId(), time: '2026-01-01T00:00:00.000Z' },
        limit: 10,
      }),
    ],
  ] as const)(
    '[SH1] [VB2] [VB7] %s with one wrong field is refused as a whole, with code and path',
    async (verb, sample) => {
      const given: object = typeof sample === 'function' ? sample() : sample;
      const before = await ann.state();
      const wrong = wrongValues(verbs[verb].request, given);
      for (const { path, code, value, what } of wrong) {
        const answer = await ann.ask(verb, value);
        expect(Object.keys(answer as object)).toEqual(['error']);
        expect({ what, answer: brief(answer, path) }).toEqual({ what, answer: { code, path } });
      }
      expect(await ann.state()).toEqual(before);
    },
  );

  it('[SH1] paths are dotted, relative to the op or the request', async () => {
    const send = (more: object) => ({ ...sendOp(place.group, 'x'), ...more });
    const paths = async (...some: object[]) =>
      (await ann.refusals(some)).map((answer) => (answer as { error: { path?: string } }).error.path);
    expect(
      await paths(
        send({ attachments: [{ mediaId: 'a' }, { mediaId: '/' }] }),
        send({ attachments: [{ mediaId: 'a', size: -1 }] }),
        send({ mentions: [place.user, 'no one!'] }),
        send({ forward: { stream: 'x', messageId: place.message } }),
      ),
    ).toEqual(['attachments.1.mediaId', 'attachments.0.size', 'mentions.1', 'forward.stream']);
    expect(await ann.ask('pull', { cursors: { [place.group]: -1 } })).toMatchObject({
      error: { code: 'invalid', path: `cursors.${place.group}` },
    });
    expect(await ann.ask('pull', { cursors: {}, only: [place.group, 7] })).toMatchObject({ error: { path: 'only.1' } });
  });
});

/** A refusal's code and path; a path below the wanted one is cut to it. */
function brief(answer: unknown, wanted: string): unknown {
  const { error } = answer as { error?: { code: string; path?: string } };
  if (error === undefined) return answer;
  const path = error.path ?? '';
  return { code: error.code, path: wanted === '' || path.startsWith(`${wanted}.`) ? wanted : path };
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, name) => (found as Record<string, unknown>)[name], value);
}

/** A refusal reads the store twice, so only a few at a time. */
const MAX_OPS_PER_PUSH = 25;

/** Splits as a client does, with room in a packet for framing. */
function portions<T>(all: readonly T[]): T[][] {
  const some: T[][] = [];
  let bytes = Infinity;
  for (const each of all) {
    const size = JSON.stringify(each).length;
    if (bytes + size > PUSH_SPLIT_BYTES || (some.at(-1)?.length ?? 0) >= MAX_OPS_PER_PUSH) {
      some.push([]);
      bytes = 0;
    }
    some.at(-1)?.push(each);
    bytes += size;
  }
  return some;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
