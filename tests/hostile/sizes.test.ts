import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_HTTP_BODY_BYTES, MAX_MENTIONS, limits } from '#protocol/limits.ts';
import { type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import { type TwoWays, bothWays, newGroup, newId, sendOp, twoInAGroup } from './two-ways.fixture.ts';

describe('sizes, at a limit and one beyond', () => {
  let server: TestServer;
  let ann: TwoWays;
  let place: Awaited<ReturnType<typeof twoInAGroup>>;
  beforeAll(async () => {
    server = await startTestServer();
    const [first, second] = await Promise.all([server.signUp('Ann'), server.signUp('Bob')]);
    ann = await bothWays(first);
    place = await twoInAGroup(ann, second);
  });
  afterAll(() => server.close());

  it('[SH2] what just meets its limit is taken', async () => {
    const { group: stream, message: messageId } = place;
    const { userId } = ann.person;
    const times = (count: number) => Array.from({ length: count }, () => userId);
    const text = '\u{1F600}'.repeat(limits.text / 2);
    await ann.done(
      sendOp(stream, text, { mentions: times(MAX_MENTIONS) }),
      sendOp(stream, '\0 NUL, a lone \r and \u202e stay what they are'),
      { id: newId(), stream, kind: 'message.edit', messageId, text: 'x'.repeat(limits.text) },
      {
        id: newId(),
        stream,
        kind: 'conversation.update',
        title: 'x'.repeat(limits.title),
        about: 'x'.repeat(limits.about),
      },
      { id: newId(), stream, kind: 'membership.update', draft: 'x'.repeat(limits.text) },
      { id: newId(), stream: newGroup(), kind: 'conversation.create', memberIds: times(limits.members) },
      { id: newId(), stream, kind: 'member.add', userIds: times(limits.members) },
    );
    const { records } = (await ann.ask('history', { stream })) as { records: { text: string }[] };
    expect(records.some((record) => record.text === text)).toBe(true);
    expect(records.some((record) => record.text === '\0 NUL, a lone \r and \u202e stay what they are')).toBe(true);
  });

  it('[SH2] [AP6] no op and 100 ops are answered each, 101 as a whole, and none of those takes effect', async () => {
    expect(await ann.ask('push', { ops: [] })).toEqual({ results: [] });
    const many = (count: number) => Array.from({ length: count }, (_, nth) => sendOp(place.direct, `many ${nth}`));
    for (const push of [
      ann.socket.ask('push', { ops: many(limits.ops) }),
      ann.person.post('push', { ops: many(limits.ops) }),
    ]) {
      const answer = await push;
      const { results } = 'answer' in answer ? answer.answer : answer;
      expect(results.map(({ ok }) => ok)).toEqual(Array.from({ length: limits.ops }, () => true));
    }
    const before = await ann.state();
    expect(await ann.ask('push', { ops: many(limits.ops + 1) })).toMatchObject({
      error: { code: 'too_large', path: 'ops' },
    });
    expect(await ann.state()).toEqual(before);
  });

  it('[SEC-43] a packet of 256 KiB is answered, a longer one ends its connection alone, by either way of the socket', async () => {
    for (const transports of [['websocket'], ['polling']] as ('websocket' | 'polling')[][]) {
      const socket = await ann.person.connect({ transports });
      // `42`, up to two digits of the ack's number, `["push",` and `]` stand around it.
      const packet = (bytes: number) => ({
        ops: [],
        fill: 'x'.repeat(bytes - '42NN["push",{"ops":[],"fill":""}]'.length),
      });
      expect((await socket.ask('push', packet(limits.packet))).error).toMatchObject({ code: 'invalid', path: 'fill' });
      socket.socket.emit('push', packet(limits.packet + 8));
      await socket.until('disconnect');
    }
    expect(await ann.ask('push', { ops: [] })).toEqual({ results: [] });
  });

  it('[SH2] [SEC-44] a body of 4 MiB is read, a longer one is too large, packed or not', async () => {
    const body = (bytes: number) => `{"ops":[]${' '.repeat(bytes - '{"ops":[]}'.length)}}`;
    expect(await ann.person.post('push', body(MAX_HTTP_BODY_BYTES))).toMatchObject({
      status: 200,
      answer: { results: [] },
    });
    expect(await ann.person.post('push', body(MAX_HTTP_BODY_BYTES + 1))).toMatchObject({
      status: 413,
      answer: { error: { code: 'too_large' } },
    });
    const packed = await fetch(`${server.origin}/api/sync/push`, {
      method: 'POST',
      headers: { cookie: ann.person.cookie, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(body(16 * MAX_HTTP_BODY_BYTES)),
    });
    expect({ status: packed.status, answer: (await packed.json()) as unknown }).toMatchObject({
      status: 413,
      answer: { error: { code: 'too_large' } },
    });
  });

  it('[SEC-42] what is nested a hundred thousand deep breaks nothing', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect((await ann.person.post('push', `{"ops":[${deep}]}`)).answer).toMatchObject({ results: [{ ok: false }] });
    expect((await ann.person.post('pull', `{"cursors":${deep}}`)).answer).toMatchObject({ error: { path: 'cursors' } });
    const nested = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) as unknown;
    expect(await ann.ask('history', { stream: nested })).toMatchObject({ error: { code: 'invalid', path: 'stream' } });
  });

  it('[VB6] [SEC-43] a pull that names as many streams as a body holds is answered in time for everybody else', async () => {
    const names = (count: number) => Array.from({ length: count }, newGroup);
    const held = names(40_000);
    const wanted = names(40_000);
    const cursors = Object.fromEntries(held.map((stream) => [stream, 1]));
    const [{ answer }] = await Promise.all([
      ann.person.post('pull', { cursors, only: [...wanted, ...held].slice(0, 45_000) }),
      ann.person.get('/healthz'),
    ]);
    expect(answer.streams).toHaveLength(45_000);
    expect(answer.streams.every(({ reset, cursor }) => reset === true && cursor === 0)).toBe(true);
  });
});
