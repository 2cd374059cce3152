import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '#server/database/connect.ts';
import type { SendScheduled } from '#server/streams/send-scheduled.ts';
import { ann, bob } from '#server/streams/testing/people.fixture.ts';
import { type ScheduledJobs, openScheduledJobs } from './scheduled-jobs.ts';
import { type SendDue, startSendDue } from './send-due.ts';

let database: Database;
let dataDir: string;
let jobs: ScheduledJobs;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'teamlink-send-due-'));
  database = await openDatabase({ dataDir });
  jobs = await openScheduledJobs(database.connection);
});
afterAll(async () => {
  await database.close();
  await rm(dataDir, { recursive: true });
});
beforeEach(async () => {
  for await (const { place } of jobs.due(Infinity)) await jobs.remove(place);
});

const log = { debug() {}, info() {}, warn() {}, error() {} };
const all = async () => {
  const found = [];
  for await (const job of jobs.due(Infinity)) found.push(job);
  return found;
};

/** Sends the noted jobs until none is left, with this function for sending a place; resolves to the places that were sent. */
async function sentBy(send: (place: string, sending: SendDue) => ReturnType<SendScheduled>): Promise<string[]> {
  const sent: string[] = [];
  const parts = { jobs, mayWork: () => true, now: Date.now, log };
  const sending: SendDue = startSendDue({
    ...parts,
    async send(_, place) {
      const end = await send(place, sending);
      if (end === 'over') sent.push(place);
      return end;
    },
  });
  await vi.waitFor(async () => expect(await all()).toEqual([]), { timeout: 30_000 });
  await sending.close();
  return sent;
}

it('[SM3] a person’s later messages wait for one that is being retried, and nobody else’s do', async () => {
  const now = Date.now();
  await jobs.put({ place: 'first', userId: ann, rev: 1, dueAt: now - 3 });
  await jobs.put({ place: 'of another person', userId: bob, rev: 1, dueAt: now - 2 });
  await jobs.put({ place: 'second', userId: ann, rev: 2, dueAt: now - 1 });
  let failures = 2;
  const sent = await sentBy((place) => {
    if (place !== 'first' || failures === 0) return Promise.resolve('over');
    failures -= 1;
    return failures === 1 ? Promise.resolve('again') : Promise.reject(new Error('the database is away'));
  });
  expect(sent).toEqual(['of another person', 'first', 'second']);
});

it('[SM3] a message that was changed while it was being sent keeps its new job', async () => {
  const place = 'changed';
  const job = { place, userId: ann, dueAt: Date.now() - 1 };
  await jobs.put({ ...job, rev: 1 });
  let tries = 0;
  const sent = await sentBy(async (_, sending) => {
    tries += 1;
    if (tries > 1) return 'over';
    await jobs.put({ ...job, rev: 2 });
    sending.dueAt(job.dueAt);
    return 'over';
  });
  expect(sent).toEqual([place, place]);
});
