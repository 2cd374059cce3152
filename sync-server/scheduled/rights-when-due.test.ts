import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ConversationId, type OpId, directStream, sentIdOf } from '#protocol/ids.ts';
import type { KnownRecord, ScheduledMessage } from '#protocol/record.ts';
import { type Embedded, startEmbedded } from '#server/database/embedded/host.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import { until } from '#server/streams/testing/world.fixture.ts';
import {
  type HttpAnswer,
  type TestPerson,
  type TestServer,
  type TestSocket,
  startTestServer,
} from '#server/testing/server.fixture.ts';

const WAIT = { timeout: 60_000 };
const HOUR_MS = 3_600_000;
const PASSWORD = 'a long password';

interface Scheduled {
  author: TestPerson;
  stream: ConversationId;
  id: OpId;
  text: string;
}

/**
 * Each author schedules a message for an hour later, and then their rights change. The clock is set forward to the time, so that
 * everything before it has really happened.
 */
describe('a message whose author may no longer send it when its time comes', () => {
  let dataDir: string;
  let engine: Embedded;
  let database: Connection;
  let server: TestServer;
  /** The administrator, because theirs is the first account. */
  let ada: TestPerson;
  let bob: TestPerson;
  let bobs: TestSocket;
  let suspended: Scheduled;
  let leaving: Scheduled;
  let removed: Scheduled;
  let blocked: Scheduled;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    dataDir = await mkdtemp(join(tmpdir(), 'teamlink-scheduled-'));
    engine = await startEmbedded({ dataDir });
    const uri = `${engine.uri}/teamlink`;
    server = await startTestServer({ MONGODB_URI: uri });
    database = await mongoose.createConnection(uri).asPromise();
    ada = await server.signUp('Ada');
    bob = await server.signUp('Bob');
    bobs = await bob.connect();
    [suspended, leaving, removed, blocked] = await Promise.all([
      scheduled('Ann', inGroup),
      scheduled('Cem', inGroup),
      scheduled('Dan', inGroup),
      scheduled('Eve', inDirectChat),
    ]);
    await suspend(suspended.author, true);
    await done(leaving.author.request('POST', '/api/auth/delete-account', { password: PASSWORD }));
    await accepted(bob, op.remove(removed.stream, removed.author.userId));
    await accepted(bob, op.settings(blocked.stream, { blocked: true }));
    vi.setSystemTime(Date.now() + HOUR_MS + 1_000);
    // By then the server has decided about all of them.
    await until(async () => (await jobs().countDocuments()) === 0);
  });
  afterAll(async () => {
    vi.useRealTimers();
    bobs.close();
    await server.close();
    await database.close();
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  function jobs() {
    return database.collection('scheduled_jobs');
  }

  async function done(request: Promise<HttpAnswer<unknown>>): Promise<void> {
    const { status } = await request;
    if (status !== 200) throw new Error(`answered ${status}`);
  }

  /** Like a client, sends the op again after `unavailable`. */
  async function accepted(person: TestPerson, given: object): Promise<void> {
    for (;;) {
      const [result] = (await person.post('push', { ops: [given] })).answer.results;
      if (result?.ok === true) return;
      if (result?.error.code !== 'unavailable') throw new Error(JSON.stringify(result));
    }
  }

  async function inGroup({ userId }: TestPerson): Promise<ConversationId> {
    const stream = newGroup();
    await accepted(bob, op.create(stream, [userId], { title: 'Plans' }));
    return stream;
  }

  async function inDirectChat(author: TestPerson): Promise<ConversationId> {
    const stream = directStream(author.userId, bob.userId);
    await accepted(author, op.create(stream, []));
    return stream;
  }

  /** Returns once the server would send it at its time. */
  async function scheduled(name: string, place: (author: TestPerson) => Promise<ConversationId>): Promise<Scheduled> {
    const author = await server.signUp(name);
    const stream = await place(author);
    const given = op.schedule(stream, `of ${name}`, new Date(Date.now() + HOUR_MS).toISOString());
    await accepted(author, given);
    const { userId } = author;
    await until(async () => (await jobs().countDocuments({ userId })) === 1);
    return { author, stream, id: given.id, text: given.text };
  }

  function suspend({ userId }: TestPerson, on: boolean): Promise<void> {
    return done(ada.request('POST', '/api/auth/administration/suspend', { userId, on }));
  }

  async function signInAgain(person: TestPerson): Promise<TestPerson> {
    const answer = await fetch(`${server.origin}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: person.email, password: PASSWORD }),
    });
    expect(answer.status).toBe(200);
    const cookie = answer.headers.getSetCookie().map((each) => each.split(';')[0]);
    return server.guest({ ...person, cookie: cookie.join('; ') });
  }

  async function messages(person: TestPerson, stream: ConversationId) {
    const { records } = (await person.post('history', { stream })).answer;
    return records.filter(({ event }) => event === undefined);
  }

  async function waiting(person: TestPerson): Promise<ScheduledMessage[]> {
    const { streams } = (await person.post('pull', { cursors: {} })).answer;
    const records = Object.values(streams).flatMap((page) => page.records as KnownRecord[]);
    return records.flatMap((record) => (record.type === 'scheduled' ? (record.message ?? []) : []));
  }

  it('[SM5] [AC4] is not sent for a person who was suspended; afterwards they see why, and may send it', async () => {
    const { author, stream, id } = suspended;
    expect(await messages(bob, stream)).toEqual([]);
    await suspend(author, false);
    const again = await signInAgain(author);
    expect(await waiting(again)).toMatchObject([{ id, failure: { code: 'forbidden' } }]);
    expect(await messages(bob, stream)).toEqual([]);
    await accepted(again, op.reschedule(stream, id, { dueAt: null }));
    await vi.waitFor(async () => expect(await messages(bob, stream)).toMatchObject([{ id: sentIdOf(id) }]), WAIT);
    await vi.waitFor(async () => expect(await waiting(again)).toEqual([]), WAIT);
  });

  it('[SM5] [AC1] is not sent for a person who asked for the deletion of their account; if they keep it, they see why', async () => {
    const { author, stream, id } = leaving;
    expect(await messages(bob, stream)).toEqual([]);
    const again = await signInAgain(author);
    expect(await waiting(again)).toMatchObject([{ id, failure: { code: 'forbidden' } }]);
    expect(await messages(bob, stream)).toEqual([]);
  });

  it('[SM5] [SEC-03] is not sent to a group from which its author was removed; they see why, and can cancel it', async () => {
    const { author, stream, id } = removed;
    expect(await messages(bob, stream)).toEqual([]);
    expect(await waiting(author)).toMatchObject([{ id, failure: { code: 'not_found', path: 'stream' } }]);
    await accepted(author, op.unschedule(stream, id));
    expect(await waiting(author)).toEqual([]);
  });

  it('[SM5] [BL2] does not reach a person who has blocked its author, who sees it as sent', async () => {
    const { author, stream, id, text } = blocked;
    expect(await messages(author, stream)).toMatchObject([{ id: sentIdOf(id), text }]);
    expect(await waiting(author)).toEqual([]);
    // Bob gets an empty message in its place, without its content.
    expect(await messages(bob, stream)).toMatchObject([{ id: sentIdOf(id), withheld: true, text: '' }]);
    await bobs.until('changes', ({ records }) => records.some((record) => record.id === sentIdOf(id)));
    expect(JSON.stringify(bobs.received('changes'))).not.toContain(text);
  });
});
