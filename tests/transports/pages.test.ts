import { describe, expect, it } from 'vitest';
import { ErrorCode } from '#protocol/errors.ts';
import { type ConversationId, directStream } from '#protocol/ids.ts';
import type { KnownRecord, MessageRecord } from '#protocol/record.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { type Client, clientOf, fourPeople, transports, serverForFile } from './clients.fixture.ts';
import { accepted, askUntilAvailable, groupOf, pushEach } from './pushes.fixture.ts';
import { bytesOf, history, page, pull, pullAll } from './reads.fixture.ts';

const server = serverForFile();

it('[VB1] [AP3] both transports answer a request in the same way', async () => {
  const person = await server().signUp('Zoe');
  const [one, other] = await Promise.all([clientOf(person, 'Zoe', 'socket'), clientOf(person, 'Zoe', 'http')]);
  const stream = newGroup();
  const [create, sent] = [op.create(stream, []), op.send(stream, 'once')];
  const first = await pushEach([one, create], [one, sent]);
  expect(first).toMatchObject([
    { id: create.id, ok: true, stream, rev: 2 },
    { id: sent.id, ok: true, stream, rev: 3, seq: 1 },
  ]);
  expect(await pushEach([other, { ...create, retry: true }], [other, { ...sent, retry: true }])).toEqual(first);
  for (const [verb, request] of [
    ['pull', { cursors: {} }],
    ['history', { stream, limit: 10 }],
    ['history', { stream: 'x' }],
    ['push', { ops: [{}], more: 1 }],
    ['push', { ops: [{}, 7, { ...sent, text: 'twice' }, op.send(newGroup(), 'x')] }],
    ['pull', { cursors: {}, limit: 0 }],
  ] as const) {
    expect(await askUntilAvailable(one, verb, request)).toEqual(await askUntilAvailable(other, verb, request));
  }
});

describe.each(transports)('pages over %s', (transport) => {
  let ann: Client;
  let bob: Client;
  let eve: Client;
  let dan: Client;
  fourPeople(server, transport, (people) => ([ann, bob, eve, dan] = people));
  const numbered = (stream: ConversationId, count: number) =>
    Array.from({ length: count }, (_, at) => op.send(stream, `${at + 1}`));

  // This test comes first, while nobody has another conversation.
  it('[VB3] pull answers the own stream first, then conversations by their newest message, without those at their head, within one limit', async () => {
    const [group, notes] = [await groupOf(ann, bob), directStream(ann.userId, ann.userId)];
    const direct = directStream(ann.userId, bob.userId);
    await pushEach([ann, op.create(direct, [])], [ann, op.create(notes, [])]);
    for (const stream of [direct, notes]) await accepted(ann, op.send(stream, 'news'));
    const all = await pull(ann);
    expect(all.streams.map(({ stream }) => stream)).toEqual([ann.own, notes, direct, group]);
    expect(all.more).toBe(false);
    const cursors = Object.fromEntries(all.streams.map(({ stream, cursor }) => [stream, cursor]));
    expect(await pull(ann, { cursors, epoch: all.epoch })).toEqual({ epoch: all.epoch, streams: [], more: false });
    await accepted(bob, op.send(direct, 'later'));
    expect((await pull(ann, { cursors })).streams).toMatchObject([{ stream: direct, records: [{ text: 'later' }] }]);
    const some = await pull(ann, { limit: 3 });
    expect(some.streams).toMatchObject([{ stream: ann.own }]);
    expect(some.streams.flatMap(({ records }) => records)).toHaveLength(3);
    expect(some.more).toBe(true);
  });

  it('[VB4] [RA2] a page’s cursor is the last rev scanned, hidden ones included; `more` says whether the stream has later records', async () => {
    const group = newGroup();
    const old = op.send(group, 'hidden');
    await pushEach([ann, op.create(group, [], { history: 'joined' })], [ann, old], [ann, op.add(group, bob.userId)]);
    const cursor = (await page(bob, group))?.cursor ?? 0;
    await pushEach([ann, op.edit(group, old.id, 'still hidden')], [ann, op.react(group, old.id, '👍')]);
    expect(await page(bob, group, cursor)).toEqual({ stream: group, records: [], cursor: cursor + 2, more: false });
    const [one, two] = [op.send(group, '1'), op.send(group, '2')];
    await pushEach([ann, one], [ann, two]);
    const first = await pull(bob, { only: [group], cursors: { [group]: cursor + 2 }, limit: 1 });
    expect(first.streams).toMatchObject([{ records: [{ id: one.id }], cursor: cursor + 3, more: true }]);
    const last = await pull(bob, { only: [group], cursors: { [group]: cursor + 3 }, limit: 1 });
    expect(last.streams).toMatchObject([{ records: [{ id: two.id }], cursor: cursor + 4, more: false }]);
    expect([first.more, last.more]).toEqual([true, false]);
  });

  it('[VB5] a conversation without a cursor is sent with its members and newest messages, and the cursor is at the head', async () => {
    const group = await groupOf(ann, bob);
    await pushEach(...numbered(group, 60).map((given) => [ann, given] as const));
    const bootstrap = async (limit?: number) => {
      const { streams } = await pull(bob, { only: [group], ...(limit === undefined ? {} : { limit }) });
      const records = (streams[0]?.records ?? []) as KnownRecord[];
      const texts = records.flatMap((record) => (record.type === 'message' ? [record.text] : []));
      const frame = records.flatMap(({ type }) => (type === 'message' ? [] : [type]));
      return { frame, texts, cursor: streams[0]?.cursor, more: streams[0]?.more };
    };
    const whole = { frame: ['conversation', 'member', 'member'], cursor: 63, more: false };
    const newest = (count: number) => numbered(group, 60).flatMap(({ text }, at) => (at >= 60 - count ? [text] : []));
    expect(await bootstrap()).toEqual({ ...whole, texts: newest(50) });
    expect(await bootstrap(10)).toEqual({ ...whole, texts: newest(7) });
    expect(await bootstrap(1)).toEqual({ ...whole, texts: newest(1) });
    expect(await page(bob, group, 0)).toEqual(await page(bob, group));
  });

  it('[VB6] a reset answers a cursor above the head or from before one’s joining, another epoch, and an unknown or unreadable stream', async () => {
    const [group, unknown] = [await groupOf(ann, bob), newGroup()];
    await accepted(ann, op.send(group, 'x'));
    const { cursor: head = 0, records = [] } = (await page(bob, group)) ?? {};
    const { epoch } = await pull(bob);
    expect(await page(bob, group, head + 5)).toEqual({
      stream: group,
      records,
      cursor: head,
      more: false,
      reset: true,
    });
    expect(await page(bob, bob.own, 9_999)).toMatchObject({ reset: true, more: false });
    const other = await pull(bob, { epoch: 'another', cursors: { [group]: head }, only: [group] });
    expect(other).toMatchObject({ epoch, streams: [{ stream: group, records, cursor: head, reset: true }] });
    await pushEach([ann, op.remove(group, bob.userId)], [ann, op.add(group, bob.userId)]);
    expect(await page(bob, group, head)).toMatchObject({ reset: true, records: { length: records.length + 2 } });
    for (const stream of [unknown, ann.own])
      for (const request of [
        { cursors: { [stream]: 4 } },
        { only: [stream] },
        { cursors: { [stream]: 0 }, only: [stream] },
      ])
        expect((await pull(bob, request)).streams.filter((each) => each.stream === stream)).toEqual([
          { stream, records: [], cursor: 0, more: false, reset: true },
        ]);
  });

  it('[VB2] [VB7] [ER1] a verb that fails as a whole answers `{error}` alone, over HTTP with the matching status', async () => {
    const stream = await groupOf(ann);
    for (const [verb, request, status, code, path] of [
      ['pull', { cursors: {}, limit: 0 }, 400, 'invalid', 'limit'],
      ['pull', { cursors: {}, limit: 1_001 }, 400, 'invalid', 'limit'],
      ['pull', { cursors: {}, limit: 1.5 }, 400, 'invalid', 'limit'],
      ['history', { stream, limit: 0 }, 400, 'invalid', 'limit'],
      ['pull', { cursors: {}, maxBytes: 2_047 }, 400, 'invalid', 'maxBytes'],
      ['pull', { cursors: {}, window: 0 }, 400, 'invalid', 'window'],
      ['pull', { cursors: {}, window: 51 }, 400, 'invalid', 'window'],
      ['history', { stream, maxBytes: 1_048_577 }, 400, 'invalid', 'maxBytes'],
      ['history', { stream, limit: 1_001 }, 400, 'invalid', 'limit'],
      ['pull', { cursors: { [stream]: -1 } }, 400, 'invalid', `cursors.${stream}`],
      ['push', { ops: 'x' }, 400, 'invalid', 'ops'],
      ['push', { ops: Array.from({ length: 101 }, () => ({})) }, 413, 'too_large', 'ops'],
      ['history', { stream, around: {} }, 400, 'invalid', 'around'],
      ['history', { stream, around: { seq: 1, time: '2026-01-01T00:00:00.000Z' } }, 400, 'invalid', 'around'],
      ['history', { stream, around: { seq: 1 }, before: 9 }, 400, 'invalid', 'around'],
      ['history', { stream, around: { seq: 1 }, after: 0 }, 400, 'invalid', 'around'],
      ['history', { stream, around: { id: op.send(stream, 'never sent').id } }, 404, 'not_found', 'around.id'],
      ['history', { stream: newGroup() }, 404, 'not_found', 'stream'],
    ] as const) {
      const answer = await askUntilAvailable(ann, verb, request);
      expect(Object.keys(answer)).toEqual(['error']);
      const { message, ...error } = answer.error;
      expect({ request, error, message: typeof message }).toEqual({
        request,
        error: { code, path },
        message: 'string',
      });
      expect(ErrorCode.options).toContain(code);
      let got: number;
      do ({ status: got } = await ann.person.post(verb, request));
      while (got === 503);
      expect({ request, status: got }).toEqual({ request, status });
    }
    for (const limit of [1, 1_000]) expect(await history(ann, stream, { limit })).toEqual([]);
  });

  it('[VB11] a conversation that is new to a device begins with as many messages as the device asks for', async () => {
    const group = await groupOf(ann, bob);
    await pushEach(...numbered(group, 6).map((sent): [Client, typeof sent] => [ann, sent]));
    const whole = await pull(bob, { only: [group] });
    const started = await pull(bob, { only: [group], window: 2 });
    const texts = started.streams.flatMap(({ records }) =>
      records.flatMap((each) => ('seq' in each ? [each.text] : [])),
    );
    expect(texts).toEqual(['5', '6']);
    expect(started.streams).toMatchObject([{ stream: group, cursor: whole.streams[0]?.cursor, more: false }]);
  });

  it('[VB10] an answer of pull and history is bounded in bytes: long texts come in several answers, each with at least one record', async () => {
    const group = await groupOf(ann, bob);
    const texts = Array.from({ length: 12 }, (_, at) => `${at} ${'字'.repeat(7_700)}`);
    for (const text of texts) await accepted(ann, op.send(group, text));
    const textsOf = (records: readonly { type: string }[]) =>
      (records as KnownRecord[]).flatMap((record) => (record.type === 'message' ? [record.text] : []));
    for (const [start, maxBytes, most] of [
      [undefined, undefined, 32_768],
      [3, undefined, 32_768],
      [undefined, 100_000, 100_000],
      // Smaller than a text: one record comes in each answer.
      [3, 2_048, 24_000],
    ] as const) {
      const bound = maxBytes === undefined ? {} : { maxBytes };
      const cursors = start === undefined ? {} : { [group]: start };
      const answers = await pullAll(bob, { only: [group], ...bound }, cursors);
      expect(answers.length).toBeGreaterThanOrEqual(12 / Math.max(1, Math.floor(most / 23_300)));
      for (const answer of answers) expect(bytesOf(answer)).toBeLessThanOrEqual(most);
      expect(textsOf(answers.flatMap(({ streams }) => streams.flatMap(({ records }) => records)))).toEqual(texts);

      const read: string[] = [];
      for (let more = true, before: number | undefined; more;) {
        const bounds = before === undefined ? {} : { before };
        const answer = await askUntilAvailable(bob, 'history', { stream: group, limit: 1_000, ...bounds, ...bound });
        expect(bytesOf(answer)).toBeLessThanOrEqual(most);
        read.unshift(...textsOf(answer.records));
        before = answer.records[0]?.seq;
        ({ more } = answer);
      }
      expect(read).toEqual(texts);
    }
  });

  it('[VB5] [VB10] a conversation that is too large for one answer comes in several pages, its record and the own member first', async () => {
    const group = await groupOf(ann, bob, eve);
    await pushEach(...numbered(group, 70).map((given) => [ann, given] as const));
    await accepted(ann, op.add(group, dan.userId));
    await accepted(ann, op.update(group, { title: 'Changed last' }));
    for (const reader of [ann, dan]) {
      const answers = await pullAll(reader, { only: [group], maxBytes: 2_048 });
      expect(answers.length).toBeGreaterThan(5);
      for (const answer of answers) expect(bytesOf(answer)).toBeLessThanOrEqual(2_048);
      expect(answers.map(({ streams }) => streams.map(({ more, reset }) => [more, reset]))).toEqual(
        answers.map(({ more }) => [[more, undefined]]),
      );
      const records = answers.flatMap(({ streams }) => streams.flatMap((each) => each.records)) as KnownRecord[];
      expect(answers[0]?.streams[0]?.records).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ type: 'conversation', title: 'Changed last' }),
          expect.objectContaining({ type: 'member', userId: reader.userId }),
        ]),
      );
      const ids = new Map(records.map((record) => [record.id, record.type]));
      expect([...ids.values()].filter((type) => type === 'member')).toHaveLength(4);
      const shown = new Set(records.flatMap((record) => (record.type === 'message' ? [record.seq] : [])));
      const newest = (await history(reader, group, { limit: 50 })).map(({ seq }) => seq);
      expect([...shown].sort((a, b) => a - b)).toEqual(newest);
    }
  });

  it('[VB8] history answers in ascending seq between exclusive bounds, the newest without bounds; `more` is in the direction asked', async () => {
    const group = await groupOf(ann, bob);
    await pushEach(...numbered(group, 10).map((given) => [ann, given] as const));
    for (const [request, seqs, more] of [
      [{ limit: 3 }, [8, 9, 10], true],
      [{ before: 8, limit: 3 }, [5, 6, 7], true],
      [{ before: 4, limit: 3 }, [1, 2, 3], false],
      [{ after: 7, limit: 3 }, [8, 9, 10], false],
      [{ after: 2, limit: 3 }, [3, 4, 5], true],
      [{ after: 2, before: 5 }, [3, 4], false],
      [{ before: 1 }, [], false],
    ] as const) {
      const answer = await askUntilAvailable(bob, 'history', { stream: group, ...request });
      expect({ request, seqs: answer.records.map(({ seq }) => seq), more: answer.more }).toEqual({
        request,
        seqs,
        more,
      });
    }
  });

  it('[VB12] history around a seq, a message or a time answers both sides without a gap, and nothing that is hidden from the reader', async () => {
    const group = await groupOf(ann, bob);
    await pushEach(...numbered(group, 10).map((given) => [ann, given] as const));
    const all = await history(bob, group);
    const fourth = all[3] as MessageRecord;
    const first = all.findIndex(({ createdAt }) => createdAt >= fourth.createdAt) + 1;
    for (const [request, at, seqs, more] of [
      [{ around: { seq: 5 }, limit: 4 }, 5, [3, 4, 5, 6], true],
      [{ around: { id: fourth.id }, limit: 3 }, 4, [3, 4, 5], true],
      [{ around: { seq: 2 }, limit: 6 }, 2, [1, 2, 3, 4], false],
      [{ around: { seq: 10 }, limit: 4 }, 10, [7, 8, 9, 10], true],
      [{ around: { seq: 99 }, limit: 2 }, 10, [9, 10], true],
      [{ around: { seq: 7 }, limit: 1 }, 7, [7], true],
      [{ around: { time: '2000-01-01T00:00:00.000Z' }, limit: 4 }, 1, [1, 2], false],
      [{ around: { time: fourth.createdAt }, limit: 1 }, first, [first], first > 1],
      [{ around: { time: '2999-01-01T00:00:00.000Z' }, limit: 1 }, 10, [10], true],
    ] as const) {
      const answer = await askUntilAvailable(bob, 'history', { stream: group, ...request });
      expect({ request, at, seqs: answer.records.map(({ seq }) => seq), more: answer.more }).toEqual({
        request,
        at,
        seqs,
        more,
      });
    }
    // Long texts: at least the message itself, however few bytes there are.
    const tight = await askUntilAvailable(bob, 'history', { stream: group, around: { seq: 5 }, maxBytes: 2_048 });
    expect(tight.records.map(({ seq }) => seq)).toContain(5);
    expect(bytesOf(tight)).toBeLessThanOrEqual(2_048);

    const joined = newGroup();
    const old = op.send(joined, 'before you came');
    await pushEach([ann, op.create(joined, [], { history: 'joined' })], [ann, old], [ann, op.add(joined, bob.userId)]);
    await pushEach([ann, op.send(joined, 'welcome')]);
    expect(await askUntilAvailable(bob, 'history', { stream: joined, around: { id: old.id } })).toMatchObject({
      error: { code: 'not_found', path: 'around.id' },
    });
    for (const around of [{ seq: 1 }, { time: '2000-01-01T00:00:00.000Z' }]) {
      const { records, more } = await askUntilAvailable(bob, 'history', { stream: joined, around });
      expect([records.some(({ text }) => text === 'before you came'), more]).toEqual([false, false]);
      expect(records.at(-1)?.text).toBe('welcome');
    }
  });
});
