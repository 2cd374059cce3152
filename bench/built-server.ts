import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserId } from '#protocol/ids.ts';
import { endChildren, serverCommand, startChild } from './child.ts';

interface StartOptions {
  /** Settings in addition to those of every bench. */
  env?: Record<string, string>;
  /** For Node; by default those of `npm start`. */
  flags?: readonly string[];
}

/** Starts the built server with an empty database and, unless told otherwise, without limits. */
export async function startBuiltServer({ env = {}, flags = [] }: StartOptions = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
  const origin = await startChild(serverCommand('dist', flags), /localhost:(\d+)/, {
    PORT: '0',
    DATA_DIR: dataDir,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'error',
    ...env,
  });
  return {
    origin,
    async close() {
      await endChildren();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Person {
  userId: UserId;
  cookie: string;
}

export async function signUp(origin: string, name: string): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(' ', '')}@example.org`;
  const answer = await fetch(`${origin}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email, password: 'a long password' }),
  });
  const { user } = (await answer.json()) as { user: { id: UserId } };
  const cookie = answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return { userId: user.id, cookie };
}
