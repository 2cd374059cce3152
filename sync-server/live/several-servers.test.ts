import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { OpAccepted, PushAnswer, StreamPage } from '#protocol/verbs.ts';
import { startEmbedded } from '#server/database/embedded/host.ts';
import { freshDatabase, mongodbAddress } from '#server/database/testing/mongodb.fixture.ts';
import { type TestPerson, type TestServer, type TestSocket, startTestServer } from '#server/testing/server.fixture.ts';
import { type TestRedis, hasRedis, startRedis } from './testing/redis.fixture.ts';

/** Of each of eight writers. */
const MESSAGES = process.env['TEST_LONG'] === undefined ? 12 : 25;

const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const send = (stream: string, text: string, id = newId()) => ({
  id,
  stream,
  kind: 'message.send',
  text,
  sentAt: new Date().toISOString(),
});
/** Like a client, sends the op again after `unavailable`, which a busy machine may answer. */
async function stored(push: (ops: object[]) => Promise<PushAnswer>, op: object): Promise<OpAccepted> {
  for (let ops = [op]; ; ops = [{ ...op, retry: true }]) {
    const [result] = (await push(ops)).results;
    if (result?.ok === true) return result;
    if (result?.error.code !== 'unavailable') throw new Error(JSON.stringify(result));
  }
}
const textIs = (text: string) => (changes: { records: object[] }) =>
  changes.records.some((record) => 'text' in record && record.text === text);

/** Two servers over one database, with or without a bus between them. */
async function startPair(redis: TestRedis | undefined) {
  const database = await startDatabase();
  const env = {
    MONGODB_URI: database.uri,
    AUTH_SECRET: 'a secret that both servers know, of some length',
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
  const servers = [await startTestServer(env), await startTestServer(env)] as const;
  return {
    servers,
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await database.close();
    },
  };
}

/** The MongoDB that TEST_MONGODB_URI names, otherwise the embedded engine. */
async function startDatabase(): Promise<{ uri: string; close(): Promise<void> }> {
  if (mongodbAddress !== undefined) {
    const { uri, drop } = freshDatabase(mongodbAddress);
    return { uri, close: drop };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-pair-'));
  const engine = await startEmbedded({ dataDir });
  return {
    uri: `${engine.uri}/teamlink`,
    async close() {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Applies changes, pages and heads as a client does; `records` is its final state. [LV4] */
async function follow(socket: TestSocket, stream: string) {
  const records = new Map<string, { rev: number }>();
  const heads: number[] = [];
  let cursor = 0;
  let isPulling: Promise<void> | undefined;
  const take = (page: Pick<StreamPage, 'records' | 'cursor'>) => {
    for (const record of page.records as { id: string; rev: number }[])
      if (record.rev > (records.get(record.id)?.rev ?? 0)) records.set(record.id, record);
    cursor = Math.max(cursor, page.cursor);
  };
  const pull = () =>
    (isPulling ??= (async () => {
      for (let more = true; more;) {
        const answer = await socket.ask('pull', { cursors: cursor === 0 ? {} : { [stream]: cursor }, only: [stream] });
        // A machine that is too busy answers without streams; the next loop pulls again.
        for (const page of answer.streams ?? []) take(page);
        ({ more } = answer);
      }
    })().finally(() => (isPulling = undefined)));
  socket.socket.on('changes', (changes: { stream: string; prev: number } & StreamPage) => {
    if (changes.stream !== stream) return;
    if (changes.prev <= cursor) take(changes);
    else void pull();
  });
  socket.socket.on('heads', (named: Record<string, number>) => {
    const head = named[stream];
    if (head === undefined) return;
    heads.push(head);
    if (head > cursor) void pull();
  });
  await pull();
  return { records, heads, cursor: () => cursor, pull };
}

for (const mode of ['with Redis', 'without Redis'] as const) {
  const hasBus = mode === 'with Redis';
  describe.skipIf(hasBus && !hasRedis)(`two servers on one database, ${mode}`, () => {
    let redis: TestRedis | undefined;
    let pair: Awaited<ReturnType<typeof startPair>>;
    let here: TestServer;
    let there: TestServer;
    beforeAll(async () => {
      redis = hasBus ? await startRedis() : undefined;
      pair = await startPair(redis);
      [here, there] = pair.servers;
    });
    afterAll(async () => {
      await pair.close();
      await redis?.close();
    });

    async function group(maker: TestPerson, members: TestPerson[]): Promise<string> {
      const stream = groupStream(newId());
      const memberIds = members.map(({ userId }) => userId);
      const op = { id: newId(), stream, kind: 'conversation.create', title: 'Group', memberIds };
      expect((await maker.post('push', { ops: [op] })).answer.results).toMatchObject([{ ok: true }]);
      return stream;
    }

    it('[ST2] [ST3] [ST4] [AP2] eight writers on both servers, ops sent twice: readers of either see no hidden gap, seqs are dense, each op takes effect once, and all converge', async () => {
      const people = await Promise.all(Array.from({ length: 8 }, (_, at) => here.signUp(`Writer${at}`)));
      const [first, ...others] = people as [TestPerson, ...TestPerson[]];
      const stream = await group(first, others);
      const at = (index: number) => (index % 2 === 0 ? here : there);
      const sockets = await Promise.all(people.map((person, index) => at(index).guest(person).connect()));
      const followers = await Promise.all(sockets.map((socket) => follow(socket, stream)));
      const ids: string[] = [];

      // Readers that poll, once with their last cursor and once from nothing. Every record that appears has a rev above
      // the last cursor, and none above the page's own. [ST2] [VB4] [VB5]
      const start = followers[0]?.cursor() ?? 0;
      let end = Number.POSITIVE_INFINITY;
      const polls = pair.servers.map(async (server) => {
        const reader = server.guest(first);
        const pageAfter = async (cursor: number) => {
          const cursors = cursor === 0 ? {} : { [stream]: cursor };
          const { answer } = await reader.post('pull', { cursors, only: [stream], limit: 20 });
          if (answer.error !== undefined && answer.error.code !== 'unavailable') throw new Error(answer.error.code);
          const page = answer.streams?.[0];
          const revs = page?.records.map((record) => (record as { rev: number }).rev) ?? [];
          if (Math.min(...revs) <= cursor || Math.max(...revs) > (page?.cursor ?? 0))
            throw new Error('a rev outside of its page');
          return page;
        };
        const seen = new Set<string>();
        let pages = 0;
        for (let cursor = start; cursor < end;) {
          const [page] = await Promise.all([pageAfter(cursor), pageAfter(0)]);
          if (page === undefined) continue;
          for (const { id } of page.records as { id: string }[]) seen.add(id);
          ({ cursor } = page);
          pages++;
        }
        return { seen, pages };
      });

      const writing = Promise.all(
        sockets.map(async (socket, index) => {
          const twin = at(index + 1).guest(people[index] as TestPerson);
          for (let n = 0; n < MESSAGES; n++) {
            const op = send(stream, `${index} ${n}`);
            ids.push(op.id);
            const [one, two] = await Promise.all([
              stored((ops) => socket.ask('push', { ops }), op),
              n % 3 === 0
                ? stored(async (ops) => (await twin.post('push', { ops })).answer, { ...op, retry: true })
                : undefined,
            ]);
            if (two !== undefined && two.seq !== one.seq) throw new Error('one op got two seqs');
          }
        }),
      );
      // Otherwise the readers would poll forever after a failure.
      await Promise.race([writing, Promise.all(polls)]).catch((error: unknown) => {
        end = 0;
        throw error;
      });
      const { answer } = await first.post('history', { stream, limit: 1_000, maxBytes: 1024 * 1024 });
      const messages = answer.records.filter((record) => record.type === 'message' && record.event === undefined);
      expect(messages.map(({ id }) => id).sort()).toEqual([...ids].sort());
      const all = answer.records.map((record) => (record.type === 'message' ? record.seq : 0));
      expect(all).toEqual(all.map((_, index) => index + 1));

      const head = (await first.post('pull', { cursors: {}, only: [stream] })).answer.streams[0]?.cursor ?? 0;
      end = head;
      for (const { seen, pages } of await Promise.all(polls)) {
        expect(pages).toBeGreaterThan(2);
        for (const id of ids) expect(seen).toContain(id);
      }
      await Promise.all(
        sockets.map(async (socket, index) => {
          const follower = followers[index] as Awaited<ReturnType<typeof follow>>;
          while (follower.cursor() < head) await follower.pull();
          const mine = new Map([...follower.records].map(([id, { rev }]) => [id, rev]));
          for (const { id, rev } of messages) expect({ id, rev: mine.get(id) }).toEqual({ id, rev });
          // In rev order, whichever server made them. [LV3]
          const revs = socket
            .received('changes')
            .filter((changes) => changes.stream === stream)
            .map(({ cursor }) => cursor);
          expect(revs).toEqual([...revs].sort((a, b) => a - b));
        }),
      );
      for (const socket of sockets) socket.close();
    });

    it('[LV5] a lost last change is noticed by means of `heads`', async () => {
      const [ann, bob] = await Promise.all([here.signUp('Ann'), here.signUp('Bob')]);
      const stream = directStream(ann.userId, bob.userId);
      await ann.post('push', { ops: [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }] });
      const bobs = await there.guest(bob).connect();
      const follower = await follow(bobs, stream);
      redis?.freeze();
      const { answer } = await ann.post('push', { ops: [send(stream, 'the last one')] });
      const [result] = answer.results;
      const rev = result?.ok === true ? result.rev : 0;
      expect(rev).toBeGreaterThan(0);
      await bobs.until('heads', (heads) => (heads as Record<string, number>)[stream] === rev);
      await follower.pull();
      expect(follower.cursor()).toBe(rev);
      redis?.thaw();
      bobs.close();
    });

    it('[RA3] [SEC-03] a person who was removed through another server gets no event about anything later', async () => {
      const [ann, bob, eve] = await Promise.all([here.signUp('Ann'), here.signUp('Bob'), here.signUp('Eve')]);
      const stream = await group(ann, [bob, eve]);
      const [bobs, eves] = await Promise.all([there.guest(bob).connect(), there.guest(eve).connect()]);
      // The other server knows all three as readers.
      await there.guest(ann).post('push', { ops: [send(stream, 'for all')] });
      await Promise.all([bobs.until('changes', textIs('for all')), eves.until('changes', textIs('for all'))]);
      const { answer } = await ann.post('push', {
        ops: [{ id: newId(), stream, kind: 'member.remove', userId: bob.userId }],
      });
      const removal = answer.results[0];
      const removedAt = removal?.ok === true ? removal.rev : 0;
      await ann.post('push', { ops: [send(stream, 'without Bob')] });
      const anns = await here.guest(ann).connect();
      anns.socket.emit('typing', { stream, on: true });
      const eve_ = await follow(eves, stream);
      await there.guest(ann).post('push', { ops: [send(stream, 'the end')] });
      await eves.until('changes', textIs('the end'));
      // His own stream brings the removal; any change of the group would have come before that.
      const own = `u:${bob.userId}`;
      await (hasBus
        ? bobs.until('changes', (changes) => changes.stream === own && changes.cursor > 1)
        : bobs.until('heads', (heads) => own in heads));
      expect(eve_.records.size).toBeGreaterThan(0);
      const later = bobs
        .received('changes')
        .filter((changes) => changes.stream === stream && changes.cursor >= removedAt);
      expect(later).toEqual([]);
      for (const heads of bobs.received('heads') as Record<string, number>[])
        expect(heads[stream] ?? 0).toBeLessThan(removedAt);
      expect(bobs.received('typing')).toEqual([]);
      for (const socket of [anns, bobs, eves]) socket.close();
    });

    it('[LV6] [SEC-23] ending a session at one server closes its sockets at the other', async () => {
      const dan = await here.signUp('Dan');
      const socket = await there.guest(dan).connect();
      await dan.signOut();
      await socket.until('disconnect');
      expect(socket.received('session_ended')).toHaveLength(1);
    });

    it.runIf(hasBus)('[LV7] [LV8] typing and presence reach people at the other server', async () => {
      const [ann, bob, eve] = await Promise.all([here.signUp('Ann'), here.signUp('Bob'), here.signUp('Eve')]);
      const stream = directStream(ann.userId, bob.userId);
      await ann.post('push', { ops: [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }] });
      const [bobs, eves] = await Promise.all([there.guest(bob).connect(), there.guest(eve).connect()]);
      for (const socket of [bobs, eves]) socket.socket.emit('watch', { userIds: [ann.userId] });
      expect(await bobs.until('presence')).toMatchObject({ userId: ann.userId, online: false });
      const anns = await ann.connect();
      expect(await bobs.until('presence', ({ online }) => online)).toMatchObject({ userId: ann.userId });
      anns.socket.emit('typing', { stream, on: true });
      expect(await bobs.until('typing')).toEqual({ stream, userId: ann.userId, on: true });
      await bob.post('push', { ops: [send(stream, 'not hers')] });
      await ann.post('push', { ops: [send(stream, 'hers')] });
      await bobs.until('typing', ({ on }) => !on);
      expect(textIs('hers')(bobs.received('changes').at(-1) ?? { records: [] })).toBe(true);
      anns.close();
      const absent = await bobs.until('presence', ({ online, lastSeenAt }) => !online && lastSeenAt !== undefined);
      expect(Math.abs(Date.parse(absent.lastSeenAt ?? '') - Date.now())).toBeLessThan(60_000);
      expect(eves.received('presence')).toEqual([]);
      for (const socket of [bobs, eves]) socket.close();
    });

    // This test comes last, because it stops Redis.
    it.runIf(hasBus)('[LV5] servers survive the end of Redis, and nothing is lost', async () => {
      const [ann, bob] = await Promise.all([here.signUp('Ann'), here.signUp('Bob')]);
      const stream = directStream(ann.userId, bob.userId);
      await ann.post('push', { ops: [{ id: newId(), stream, kind: 'conversation.create', memberIds: [] }] });
      const bobs = await there.guest(bob).connect();
      await redis?.close();
      for (const text of ['one', 'two']) {
        const { answer } = await ann.post('push', { ops: [send(stream, text)] });
        const rev = answer.results[0]?.ok === true ? answer.results[0].rev : 0;
        expect(rev).toBeGreaterThan(0);
        await bobs.until('heads', (heads) => (heads as Record<string, number>)[stream] === rev);
      }
      bobs.close();
    });
  });
}
