import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_HTTP_BODY_BYTES, MAX_MENTIONS, limits } from '#protocol/limits.ts';
import { type Pair, newGroup, newId, sendOp, startPair } from './both-transports.fixture.ts';

describe('sizes at a limit and beyond it', () => {
  let pair: Pair;
  beforeAll(async () => void (pair = await startPair()));
  afterAll(() => pair.server.close());

  it('[SH2] values at their limit are accepted', async () => {
    const { group: stream, message: messageId } = pair.place;
    const { userId } = pair.ann.person;
    const times = (count: number) => Array.from({ length: count }, () => userId);
    const text = '\u{1F600}'.repeat(limits.text / 2);
    await pair.ann.accepted(
      sendOp(stream, text, { mentions: times(MAX_MENTIONS) }),
      sendOp(stream, '\0 NUL, a lone \r and \u202e stay as they are'),
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
    const { records } = (await pair.ann.ask('history', { stream })) as { records: { text: string }[] };
    expect(records.some((record) => record.text === text)).toBe(true);
    expect(records.some((record) => record.text === '\0 NUL, a lone \r and \u202e stay as they are')).toBe(true);
  });

  it('[SH2] [AP6] pushes of no op and of 100 ops are answered per op, one of 101 is refused as a whole', async () => {
    expect(await pair.ann.ask('push', { ops: [] })).toEqual({ results: [] });
    const many = (count: number) => Array.from({ length: count }, (_, nth) => sendOp(pair.place.direct, `many ${nth}`));
    for (const push of [
      pair.ann.socket.ask('push', { ops: many(limits.ops) }),
      pair.ann.person.post('push', { ops: many(limits.ops) }),
    ]) {
      const answer = await push;
      const { results } = 'answer' in answer ? answer.answer : answer;
      expect(results.map(({ ok }) => ok)).toEqual(Array.from({ length: limits.ops }, () => true));
    }
    const before = await pair.ann.state();
    expect(await pair.ann.ask('push', { ops: many(limits.ops + 1) })).toMatchObject({
      error: { code: 'too_large', path: 'ops' },
    });
    expect(await pair.ann.state()).toEqual(before);
  });

  it('[SEC-43] a packet of 256 KiB is answered, and a longer one ends only its own connection, over WebSocket and polling', async () => {
    for (const transports of [['websocket'], ['polling']] as ('websocket' | 'polling')[][]) {
      const socket = await pair.ann.person.connect({ transports });
      // The packet also holds `42`, the ack's number of up to two digits, `["push",` and `]`.
      const packet = (bytes: number) => ({
        ops: [],
        fill: 'x'.repeat(bytes - '42NN["push",{"ops":[],"fill":""}]'.length),
      });
      expect((await socket.ask('push', packet(limits.packet))).error).toMatchObject({ code: 'invalid', path: 'fill' });
      socket.socket.emit('push', packet(limits.packet + 8));
      await socket.until('disconnect');
    }
    expect(await pair.ann.ask('push', { ops: [] })).toEqual({ results: [] });
  });

  it('[SH2] [SEC-44] a body of 4 MiB is read, and a longer one is too large, compressed or not', async () => {
    const body = (bytes: number) => `{"ops":[]${' '.repeat(bytes - '{"ops":[]}'.length)}}`;
    expect(await pair.ann.person.post('push', body(MAX_HTTP_BODY_BYTES))).toMatchObject({
      status: 200,
      answer: { results: [] },
    });
    expect(await pair.ann.person.post('push', body(MAX_HTTP_BODY_BYTES + 1))).toMatchObject({
      status: 413,
      answer: { error: { code: 'too_large' } },
    });
    const compressed = await fetch(`${pair.server.origin}/api/sync/push`, {
      method: 'POST',
      headers: { cookie: pair.ann.person.cookie, 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(body(16 * MAX_HTTP_BODY_BYTES)),
    });
    expect({ status: compressed.status, answer: (await compressed.json()) as unknown }).toMatchObject({
      status: 413,
      answer: { error: { code: 'too_large' } },
    });
  });

  it('[SEC-42] values nested a hundred thousand levels deep break nothing', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect((await pair.ann.person.post('push', `{"ops":[${deep}]}`)).answer).toMatchObject({
      results: [{ ok: false }],
    });
    expect((await pair.ann.person.post('pull', `{"cursors":${deep}}`)).answer).toMatchObject({
      error: { path: 'cursors' },
    });
    const nested = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) as unknown;
    expect(await pair.ann.ask('history', { stream: nested })).toMatchObject({
      error: { code: 'invalid', path: 'stream' },
    });
  });

  it('[VB6] [SEC-43] a pull that names as many streams as fit into a body is answered without delaying others', async () => {
    const names = (count: number) => Array.from({ length: count }, newGroup);
    const held = names(40_000);
    const wanted = names(40_000);
    const cursors = Object.fromEntries(held.map((stream) => [stream, 1]));
    const [{ answer }] = await Promise.all([
      pair.ann.person.post('pull', { cursors, only: [...wanted, ...held].slice(0, 45_000) }),
      pair.ann.person.get('/healthz'),
    ]);
    expect(answer.streams).toHaveLength(45_000);
    expect(answer.streams.every(({ reset, cursor }) => reset === true && cursor === 0)).toBe(true);
  });
});
