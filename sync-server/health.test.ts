import { expect, it } from 'vitest';
import type { Health } from '#protocol/administration.ts';
import { createLogCounts } from './logging.ts';
import { startTestServer } from './testing/server.fixture.ts';

it('[AC12] the administrator sees the health of the server, and nobody else does', async () => {
  const server = await startTestServer();
  const ann = await server.signUp('Ann');
  const bob = await server.signUp('Bob');
  await bob.connect();
  const path = '/api/auth/administration/health';
  // The emails of the two sign-ups may not have been sent yet.
  const health = () => ann.get<Health>(path);
  await expect.poll(async () => (await health()).answer.mails.count).toBe(0);
  const { status, answer } = await health();
  expect(status).toBe(200);
  expect(answer).toMatchObject({
    isEmbedded: true,
    connections: 1,
    errors: 0,
    pushes: { count: 0 },
  });
  expect(answer.followers.map(({ name }) => name)).toContain('push');
  for (const known of [answer.answersInMs, answer.diskFreeBytes]) expect(known).toBeGreaterThanOrEqual(0);
  expect(answer.memoryBytes).toBeGreaterThan(1_000_000);
  expect(Date.now() - answer.startedAt).toBeGreaterThanOrEqual(0);
  expect((await bob.get(path)).status).toBe(404);
  await server.close();
});

it('[AC12] errors and warnings are counted, and other lines are not', () => {
  const counts = createLogCounts();
  for (const level of [20, 30, 40, 50, 50, 60]) counts.note(level);
  expect(counts.read()).toEqual({ errors: 3, warnings: 1 });
});
