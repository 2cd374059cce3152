import { expect, it, vi } from 'vitest';
import { type ConversationId, type OpId, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { PushAnswer } from '#protocol/verbs.ts';
import { startEmbedded } from '#server/database/embedded/host.ts';
import { type TestPerson, type TestServer, startTestServer } from '#server/testing/server.fixture.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const WAIT = { timeout: 60_000 };
const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** Like a client, sends the ops again after `unavailable`. */
async function accepted(person: TestPerson, ...ops: object[]): Promise<void> {
  for (;;) {
    const { results }: Partial<PushAnswer> = (await person.post('push', { ops })).answer;
    if (results === undefined) continue;
    if (results.length === ops.length && results.every(({ ok }) => ok)) return;
    const refused = results.find((result) => !result.ok && result.error.code !== 'unavailable');
    if (refused !== undefined) throw new Error(JSON.stringify(refused));
  }
}

async function ownGroup(person: TestPerson): Promise<ConversationId> {
  const stream = groupStream(newId());
  await accepted(person, { id: newId(), kind: 'conversation.create', stream, title: 'Plans', memberIds: [] });
  return stream;
}

const schedule = (stream: ConversationId, text: string, dueAt: number, id: OpId = newId()) => ({
  id,
  kind: 'message.schedule',
  stream,
  dueAt: new Date(dueAt).toISOString(),
  text,
});

async function texts(person: TestPerson, stream: ConversationId): Promise<string[]> {
  const { records } = (await person.post('history', { stream })).answer;
  return records.filter(({ event }) => event === undefined).map(({ text }) => text);
}

it('[SM3] messages that became due while the server was down are sent once it is up again, in the order of their times', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-scheduled-'));
  const first = await startTestServer({}, { dataDir });
  const ann = await first.signUp('Ann');
  const stream = await ownGroup(ann);
  // They are noted in another order than they are due, and none is due before the server is down.
  const dueAt = Date.now() + 3_000;
  await accepted(ann, ...[3, 1, 2].map((nth) => schedule(stream, `${nth}`, dueAt + nth)));
  await first.close({ keepData: true });
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(dueAt + 3), WAIT);
  const second = await startTestServer({}, { dataDir });
  const again = second.guest(ann);
  await vi.waitFor(async () => expect(await texts(again, stream)).toEqual(['1', '2', '3']), WAIT);
  await second.close();
});

it('[SM3] of two servers over one database, one sends, and the other takes over when it is gone', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-scheduled-'));
  const engine = await startEmbedded({ dataDir });
  const env = { MONGODB_URI: `${engine.uri}/teamlink`, AUTH_SECRET: 'a secret that both servers know, of some length' };
  const servers: TestServer[] = [await startTestServer(env), await startTestServer(env)];
  const [one, other] = servers as [TestServer, TestServer];
  const ann = await one.signUp('Ann');
  const stream = await ownGroup(ann);
  const asGuest = other.guest(ann);
  const ids = Array.from({ length: 10 }, newId);
  const dueAt = Date.now();
  await accepted(ann, ...ids.slice(0, 5).map((id, at) => schedule(stream, `${at}`, dueAt + at, id)));
  await accepted(asGuest, ...ids.slice(5).map((id, at) => schedule(stream, `${at + 5}`, dueAt + 10 + at, id)));
  const all = ids.map((_, at) => `${at}`);
  await vi.waitFor(async () => expect((await texts(asGuest, stream)).toSorted()).toEqual(all), WAIT);
  await one.close();
  await accepted(asGuest, schedule(stream, 'the last', Date.now()));
  await vi.waitFor(async () => expect((await texts(asGuest, stream)).at(-1)).toBe('the last'), WAIT);
  expect(await texts(asGuest, stream)).toHaveLength(all.length + 1);
  await other.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});
