import { betterAuth } from 'better-auth';
import { mongodbAdapter } from 'better-auth/adapters/mongodb';
import type { Connection } from 'mongoose';

/** better-auth over a connection of mongoose, as a library that we did not write would be used. */
export function buildAuth(connection: Connection) {
  const { db } = connection;
  if (db === undefined) throw new Error('not connected');
  return betterAuth({
    baseURL: 'http://localhost:3000',
    secret: 'a secret of a test, long enough for everybody',
    // mongoose and better-auth name one driver by two paths of types.
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

/** The cookies that an answer sets, as a browser sends them back. */
export function cookieOf(answer: Response): string {
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
