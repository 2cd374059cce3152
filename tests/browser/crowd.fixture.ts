import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Types } from 'mongoose';
import { nameKeys } from '#server/auth/name-search.ts';
import { openDatabase } from '#server/database/connect.ts';
import type { ServerProcess } from './server-process.fixture.ts';

/** Somebody who has a name and a session, and nothing else. */
export interface Bystander {
  id: string;
  push(ops: readonly object[]): Promise<void>;
}

const MOST_TRIES = 20;
const DAY_MS = 86_400_000;

/**
 * Creates people by writing them into the database of a server, which is stopped meanwhile. Registering a thousand takes minutes,
 * because passwords are hashed slowly on purpose.
 */
export async function makeCrowd(server: ServerProcess, names: readonly string[]): Promise<Bystander[]> {
  await server.end('SIGTERM');
  const [database, secret] = await Promise.all([
    openDatabase({ dataDir: join(server.dataDir, 'database') }),
    readFile(join(server.dataDir, 'auth-secret'), 'utf8'),
  ]);
  const now = new Date();
  const times = { createdAt: now, updatedAt: now };
  const users = names.map((name, at) => {
    const _id = new Types.ObjectId();
    return {
      _id,
      name,
      email: `crowd${at}@example.org`,
      emailVerified: false,
      ...times,
      ...nameKeys(name, String(_id)),
    };
  });
  const expiresAt = new Date(now.getTime() + DAY_MS);
  const sessions = users.map(({ _id }) => ({ userId: _id, token: randomUUID(), expiresAt, ...times }));
  await database.connection.collection('user').insertMany(users);
  await database.connection.collection('session').insertMany(sessions);
  await database.close();
  await server.start();
  return sessions.map(({ userId, token }) => {
    const signature = createHmac('sha256', secret.trim()).update(token).digest('base64');
    const cookie = `teamlink.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
    return { id: String(userId), push: (ops) => push(server.origin, cookie, ops) };
  });
}

/** A busy server answers `unavailable`, and is asked again. */
async function push(origin: string, cookie: string, ops: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json', origin, cookie };
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${origin}/api/sync/push`, { method: 'POST', headers, body: JSON.stringify({ ops }) });
    const body = (await answer.json()) as { results?: { ok: boolean }[] };
    if (body.results?.every(({ ok }) => ok) === true) return;
    if (tries === MOST_TRIES) throw new Error(`refused: ${JSON.stringify(body)}`);
    await wait(500);
  }
}
