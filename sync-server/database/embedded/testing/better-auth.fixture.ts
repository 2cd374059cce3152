import { betterAuth } from 'better-auth';
import { mongodbAdapter } from 'better-auth/adapters/mongodb';
import type { Connection } from 'mongoose';

/** better-auth with its default settings over a mongoose connection: a library that was not written for this engine. */
export function buildAuth(connection: Connection) {
  const { db } = connection;
  if (db === undefined) throw new Error('not connected');
  return betterAuth({
    baseURL: 'http://localhost:3000',
    secret: 'a secret of a test, long enough for everybody',
    // mongoose and better-auth type the same driver differently.
    database: mongodbAdapter(db as never, { client: connection.getClient(), transaction: false }),
    emailAndPassword: { enabled: true },
    rateLimit: {
      enabled: true,
      storage: 'database',
      window: 60,
      max: 100,
      customRules: { '/sign-in/email': { window: 60, max: 3 } },
    },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

export const person = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' };

export function request(path: string, body: object | null, headers: Record<string, string> = {}): Request {
  return new Request(`http://localhost:3000/api/auth${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      origin: 'http://localhost:3000',
      'x-forwarded-for': '10.0.0.1',
      ...headers,
    },
    ...(body === null ? {} : { body: JSON.stringify(body) }),
  });
}

/** The Cookie header that a browser sends after this answer. */
export function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
