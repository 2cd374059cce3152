import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { type TestPerson, type TestServer, type TestSocket, startTestServer } from './testing/server.fixture.ts';

const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const instant = () => new Date().toISOString();
const send = (stream: string, text: string, id = newId()) => ({
  id,
  stream,
  kind: 'message.send',
  text,
  sentAt: instant(),
});

describe('the server, over both transports', () => {
  let server: TestServer;
  let ann: TestPerson;
  let bob: TestPerson;
  let eve: TestPerson;
  beforeAll(async () => {
    server = await startTestServer();
    [ann, bob, eve] = await Promise.all([server.signUp('Ann'), server.signUp('Bob'), server.signUp('Eve')]);
  });
  afterAll(() => server.close());

  async function directChat(): Promise<string> {
    const stream = directStream(ann.userId, bob.userId);
    await ann.post('push', { ops: [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }] });
    return stream;
  }
  async function group(members: TestPerson[], more: object = {}): Promise<string> {
    const stream = groupStream(newId());
    const memberIds = members.map(({ userId }) => userId);
    const op = { id: newId(), stream, kind: 'conversation.create', title: 'Group', memberIds, ...more };
    const { answer } = await ann.post('push', { ops: [op] });
    expect(answer.results).toMatchObject([{ ok: true }]);
    return stream;
  }
  const textsOf = (socket: TestSocket, stream: string) =>
    socket
      .received('changes')
      .filter((changes) => changes.stream === stream)
      .flatMap(({ records }) => records.flatMap((record) => ('text' in record ? [record.text] : [])));

  it('[LV2] welcome comes first, with protocol, epoch, user, time and limits', async () => {
    const socket = await ann.connect();
    expect(socket.welcome).toMatchObject({ protocol: 1, userId: ann.userId, limits: { ...limits } });
    expect(Math.abs(Date.parse(socket.welcome.serverTime) - Date.now())).toBeLessThan(60_000);
    const { answer } = await ann.post('pull', { cursors: {} });
    expect(answer.epoch).toBe(socket.welcome.epoch);
    socket.close();
  });

  it('[LV3] changes reach every device of everybody in the chat, the sender’s too, in rev order without a gap', async () => {
    const stream = await directChat();
    const sockets = await Promise.all([ann.connect(), ann.connect({ transports: ['polling'] }), bob.connect()]);
    const texts = Array.from({ length: 40 }, (_, at) => `live ${at}`);
    const pushed = [];
    for (let at = 0; at < texts.length; at += 8) {
      pushed.push(sockets[0]?.ask('push', { ops: texts.slice(at, at + 8).map((text) => send(stream, text)) }));
    }
    await Promise.all(pushed);
    for (const socket of sockets) {
      await socket.until('changes', ({ records }) =>
        records.some((record) => 'text' in record && record.text === 'live 39'),
      );
      expect(textsOf(socket, stream)).toEqual(texts);
      const chain = socket.received('changes').filter((changes) => changes.stream === stream);
      expect(chain.every(({ prev }, at) => at === 0 || prev === chain[at - 1]?.cursor)).toBe(true);
      socket.close();
    }
  });

  it('[AP11] pushes of one socket take effect in arrival order', async () => {
    const stream = await directChat();
    const socket = await ann.connect();
    const texts = Array.from({ length: 60 }, (_, at) => `in order ${at}`);
    const answers = await Promise.all(texts.map((text) => socket.ask('push', { ops: [send(stream, text)] })));
    const seqs = answers.map(({ results }) => (results[0]?.ok === true ? results[0].seq : 0));
    expect(seqs).toEqual(seqs.map((_, at) => (seqs[0] ?? 0) + at));
    socket.close();
  });

  it('[RA3] [SEC-03] a removed person gets neither the removal on that stream nor anything later, live or by pull', async () => {
    const stream = await group([bob, eve]);
    const [bobs, eves] = await Promise.all([bob.connect(), eve.connect()]);
    await ann.post('push', { ops: [send(stream, 'for all')] });
    await bobs.until('changes', (changes) => changes.stream === stream);
    const before = bobs.received('changes').filter((changes) => changes.stream === stream).length;
    await ann.post('push', { ops: [{ id: newId(), stream, kind: 'member.remove', userId: bob.userId }] });
    await ann.post('push', { ops: [send(stream, 'without Bob')] });
    await eves.until('changes', ({ records }) =>
      records.some((record) => 'text' in record && record.text === 'without Bob'),
    );
    await bobs.until('changes', ({ records }) =>
      records.some((record) => 'leftAt' in record && record.type === 'membership'),
    );
    expect(bobs.received('changes').filter((changes) => changes.stream === stream)).toHaveLength(before);
    expect((await bob.post('history', { stream })).answer.error.code).toBe('not_found');
    const pulled = (await bobs.ask('pull', { cursors: { [stream]: 1 } })).streams.find(
      (page) => page.stream === stream,
    );
    expect(pulled).toEqual({ stream, records: [], cursor: 0, more: false, reset: true });
    bobs.close();
    eves.close();
  });

  it('[RA2] [SEC-04] a newcomer to a group with `history: joined` gets an edit of an older message only as an empty step of the chain', async () => {
    const stream = await group([eve], { history: 'joined' });
    const old = send(stream, 'before Bob');
    await ann.post('push', { ops: [old] });
    await ann.post('push', { ops: [{ id: newId(), stream, kind: 'member.add', userIds: [bob.userId] }] });
    const [bobs, eves] = await Promise.all([bob.connect(), eve.connect()]);
    await ann.post('push', { ops: [{ id: newId(), stream, kind: 'message.edit', messageId: old.id, text: 'edited' }] });
    await ann.post('push', { ops: [send(stream, 'after Bob')] });
    for (const socket of [bobs, eves]) {
      await socket.until('changes', ({ records }) =>
        records.some((record) => 'text' in record && record.text === 'after Bob'),
      );
    }
    expect(textsOf(eves, stream)).toEqual(['edited', 'after Bob']);
    expect(textsOf(bobs, stream)).toEqual(['after Bob']);
    const chain = bobs.received('changes').filter((changes) => changes.stream === stream);
    expect(chain[1]?.prev).toBe(chain[0]?.cursor);
    bobs.close();
    eves.close();
  });

  it('[RC3] only one’s own member record has `fromSeq` in live changes', async () => {
    const stream = await group([bob]);
    const [anns, bobs] = await Promise.all([ann.connect(), bob.connect()]);
    await ann.post('push', { ops: [{ id: newId(), stream, kind: 'member.role', userId: bob.userId, role: 'admin' }] });
    for (const [socket, says] of [
      [anns, false],
      [bobs, true],
    ] as const) {
      const { records } = await socket.until('changes', (changes) => changes.stream === stream);
      const record = records.find((each) => 'userId' in each && each.userId === bob.userId);
      expect(record !== undefined && 'fromSeq' in record).toBe(says);
      socket.close();
    }
  });

  it('[LV1] a handshake without a session, of another protocol, or malformed is refused with its code', async () => {
    const device = crypto.randomUUID();
    const auth = (protocol: unknown, more: object = { device }) => ({ auth: { protocol, ...more } });
    expect(await server.refusedHandshake(undefined)).toEqual({ code: 'unauthorized' });
    expect(await server.refusedHandshake('better-auth.session_token=x.y')).toEqual({ code: 'unauthorized' });
    expect(await server.refusedHandshake(ann.cookie, auth(0))).toEqual({ code: 'upgrade_required' });
    expect(await server.refusedHandshake(ann.cookie, auth(2))).toEqual({ code: 'upgrade_required' });
    expect(await server.refusedHandshake(ann.cookie, auth('1'))).toEqual({ code: 'invalid' });
    expect(await server.refusedHandshake(ann.cookie, auth(1, { device: 'mine' }))).toEqual({ code: 'invalid' });
    expect(await server.refusedHandshake(ann.cookie, auth(1, {}))).toEqual({ code: 'invalid' });
  });

  it('[LV6] [SEC-23] signing out sends that session’s sockets the reason and closes them, and no others', async () => {
    const dan = await server.signUp('Dan');
    const [dans, anns] = await Promise.all([dan.connect(), ann.connect()]);
    await dan.signOut();
    await dans.until('disconnect');
    // The poll, as the fallback, would find it expired, and much later.
    expect(dans.received('session_ended')).toEqual([{ reason: 'signed_out' }]);
    expect((await dan.post('pull', { cursors: {} })).status).toBe(401);
    expect(anns.socket.connected).toBe(true);
    expect(await server.refusedHandshake(dan.cookie)).toEqual({ code: 'unauthorized' });
    anns.close();
  });

  it('[HT1] [SEC-40] a foreign origin is refused on every path under /api and on the socket; the machine’s own names are equal', async () => {
    const port = new URL(server.origin).port;
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:1${port}`,
      `http://127.0.0.1.evil.example:${port}`,
    ]) {
      expect((await ann.post('pull', { cursors: {} }, { origin })).answer.error.code).toBe('forbidden');
      expect((await ann.get('/api/auth/get-session', { origin })).status).toBe(403);
      expect((await ann.get('/api/users', { origin })).status).toBe(403);
      expect(await server.refusedHandshake(ann.cookie, { headers: { origin } })).toHaveProperty('error');
    }
    for (const origin of [server.origin, `http://localhost:${port}`]) {
      expect((await ann.post('pull', { cursors: {} }, { origin })).status).toBe(200);
      (await ann.connect({ headers: { origin } })).close();
    }
  });

  it('[HT1] [SEC-41] the verbs accept only application/json', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
    ]) {
      const { status, answer } = await ann.post('pull', { cursors: {} }, { 'content-type': type });
      expect({ type, status, code: answer.error.code }).toEqual({ type, status: 415, code: 'invalid' });
    }
    expect(
      (await ann.post('pull', { cursors: {} }, { 'content-type': 'application/json; charset=utf-8' })).status,
    ).toBe(200);
  });

  it('[VB2] [ER1] a request that fails as a whole answers only an error, with the matching status', async () => {
    const cases = [
      [await ann.post('pull', '{"cursors":{}'), 400, 'invalid'],
      [await ann.post('pull', ''), 400, 'invalid'],
      [await ann.post('pull', { cursors: {}, limit: 0 }), 400, 'invalid'],
      [await ann.post('push', { ops: Array.from({ length: 101 }, () => ({})) }), 413, 'too_large'],
      [await ann.post('push', ' '.repeat(4 * 1024 * 1024 + 1)), 413, 'too_large'],
      [await ann.post('history', { stream: groupStream(newId()) }), 404, 'not_found'],
      [await ann.post('nothing' as 'pull', {}), 404, 'not_found'],
      [await ann.post('pull', { cursors: {} }, { cookie: '' }), 401, 'unauthorized'],
    ] as const;
    for (const [{ status, answer }, wantedStatus, code] of cases) {
      expect({ status, keys: Object.keys(answer), code: answer.error.code }).toEqual({
        status: wantedStatus,
        keys: ['error'],
        code,
      });
    }
  });

  it('[SEC-42] [SEC-43] no packet ends the process, whether it has no ack, is malformed, too long or of an unknown kind', async () => {
    const socket = await ann.connect();
    socket.socket.emit('push', { ops: [{}] });
    socket.socket.emit('pull');
    socket.socket.emit('nothing', 1, 2, 3);
    socket.socket.emit('history', 'x', 'not a function');
    expect((await socket.ask('push', Buffer.from('bytes'))).error.code).toBe('invalid');
    const huge = await ann.connect();
    huge.socket.emit('push', { ops: ['x'.repeat(limits.packet)] });
    await huge.until('disconnect');
    expect((await socket.ask('pull', { cursors: {} })).epoch).toBe(socket.welcome.epoch);
    socket.close();
  });

  it('[AP6] [SEC-45] an op with fields that could reach a prototype is refused alone, over both transports', async () => {
    const stream = await directChat();
    const good = send(stream, 'good');
    const bad = { ...send(stream, 'bad'), hidden: 1 };
    const body = JSON.stringify({ ops: [bad, good] }).replace('"hidden"', '"__proto__"');
    const { answer } = await ann.post('push', body);
    expect(answer.results).toMatchObject([{ ok: false, error: { code: 'invalid', path: '__proto__' } }, { ok: true }]);
    expect(Object.prototype).not.toHaveProperty('hidden');
  });

  it('[HT4] the health routes answer alive and ready', async () => {
    expect(await ann.get('/healthz')).toMatchObject({ status: 200, answer: { status: 'alive' } });
    expect(await ann.get('/readyz')).toMatchObject({ status: 200, answer: { status: 'ready' } });
  });

  it('[SEC-46] [SEC-48] [SEC-52] headers restrict pages, keep personal answers out of caches, and do not reveal the software', async () => {
    const { headers } = await ann.post('pull', { cursors: {} });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    const csp = headers.get('content-security-policy') ?? '';
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('a shutdown and the next start', () => {
  it('[AP1] [REL-05] answer requests in flight, and keep everything that was acknowledged', async () => {
    const first = await startTestServer();
    const ann = await first.signUp('Ann');
    const stream = directStream(ann.userId, ann.userId);
    const socket = await ann.connect();
    await socket.ask('push', { ops: [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }] });
    const ops = Array.from({ length: 100 }, (_, at) => send(stream, `note ${at}`));
    const pushed = socket.ask('push', { ops });
    const overHttp = ann.post('pull', { cursors: {} });
    await new Promise((resolve) => setImmediate(resolve));
    const [answer] = await Promise.all([
      pushed.catch(() => undefined),
      overHttp.catch(() => undefined),
      first.close({ keepData: true }),
    ]);
    const second = await startTestServer({}, { dataDir: first.dataDir });
    try {
      const again = await fetch(`${second.origin}/api/sync/push`, {
        method: 'POST',
        headers: { cookie: ann.cookie, 'content-type': 'application/json' },
        body: JSON.stringify({ ops: ops.map((op) => ({ ...op, retry: true })) }),
      });
      const { results } = (await again.json()) as { results: { ok: boolean; seq: number }[] };
      expect(results.map(({ seq }) => seq)).toEqual(ops.map((_, at) => at + 1));
      const acknowledged = answer !== undefined && 'results' in answer ? answer.results : [];
      const accepted = acknowledged.flatMap((result, at) => (result.ok ? [{ at, result }] : []));
      expect(accepted).toEqual(accepted.map(({ at }) => ({ at, result: results[at] })));
    } finally {
      await second.close();
    }
  });
});
