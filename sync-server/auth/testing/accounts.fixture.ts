import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UserId } from '#protocol/ids.ts';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { freshDatabase, mongodbAddress } from '#server/database/testing/mongodb.fixture.ts';
import type { Email } from '#server/email/send-email.ts';
import { type Accounts, type AccountsOptions, createAccounts } from '#server/auth/accounts.ts';

export const ORIGIN = 'http://chat.test';
export const PASSWORD = 'correct horse battery';

if (mongodbAddress === undefined)
  process.stdout.write('TEST_MONGODB_URI is not set: accounts run over the embedded engine only\n');

export interface World {
  accounts: Accounts;
  database: Database;
  /** Events of the accounts, in order. */
  events: { ended: [readonly string[], string][]; renamed: UserId[]; deleted: UserId[] };
  /** Emails that were sent, in order. */
  emails: Email[];
  /** Lines that they logged. */
  logged: unknown[];
  /** The clock of the limits, which tests advance. */
  clock: { now: number };
  call(path: string, body?: unknown, how?: How): Promise<Answer>;
  signUp(name: string, email: string, how?: How): Promise<Person>;
  /** Further accounts over the same database, as on another server or with other settings. */
  again(options?: Partial<AccountsOptions>): Promise<World>;
  close(): Promise<void>;
}

export interface How {
  method?: string;
  cookie?: string | undefined;
  from?: string;
  headers?: Record<string, string>;
  /** Sent instead of the JSON body. */
  raw?: string;
}

export interface Answer {
  status: number;
  json: unknown;
  headers: Headers;
  /** The Cookie header that a browser with `how.cookie` has after this answer. */
  cookie: string;
}

export interface Person {
  id: UserId;
  email: string;
  cookie: string;
}

/** Accounts over a new database. */
export async function createWorld(options: Partial<AccountsOptions> = {}): Promise<World> {
  const dataDir = await mkdtemp(join(tmpdir(), 'teamlink-'));
  const onMongodb = mongodbAddress === undefined ? undefined : freshDatabase(mongodbAddress);
  const where = onMongodb === undefined ? {} : { uri: onMongodb.uri };
  const database = await openDatabase({ dataDir, durability: 'none', ...where });
  return build(database, options, async () => {
    await database.close();
    await onMongodb?.drop();
    await rm(dataDir, { recursive: true });
  });
}

export async function build(
  database: Database,
  options: Partial<AccountsOptions>,
  end: () => Promise<void>,
): Promise<World> {
  const events: World['events'] = { ended: [], renamed: [], deleted: [] };
  const logged: unknown[] = [];
  const emails: Email[] = [];
  const clock = { now: 1_700_000_000_000 };
  const note = (facts: object, sentence: string) => void logged.push([facts, sentence]);
  const accounts = await createAccounts({
    connection: database.connection,
    secret: 'a secret of a test, long enough for everybody',
    publicOrigin: ORIGIN,
    isSecure: false,
    directory: 'open',
    signUp: 'open',
    storedBytes: () => Promise.resolve(0),
    health: () => Promise.reject(new Error('accounts alone have no health')),
    reports: {
      countOpen: () => Promise.resolve(0),
      page: () => Promise.reject(new Error('accounts alone have no reports')),
      resolve: () => Promise.resolve(false),
    },
    providers: [],
    rateLimit: true,
    now: () => clock.now,
    takePicture: () => Promise.resolve(false),
    events: {
      sessionsEnded: (ids, reason) => void events.ended.push([ids, reason]),
      profileChanged: (userId) => void events.renamed.push(userId),
      personDeleted: (userId) => Promise.resolve(void events.deleted.push(userId)),
    },
    log: { info: note, warn: note, error: note },
    mail: { send: (email) => Promise.resolve(void emails.push(email)), origin: ORIGIN },
    ...options,
  });
  const origin = options.publicOrigin ?? ORIGIN;

  async function call(path: string, body?: unknown, how: How = {}): Promise<Answer> {
    const method = how.method ?? (body === undefined && how.raw === undefined ? 'GET' : 'POST');
    const sent = how.raw ?? JSON.stringify(body);
    const request = new Request(`${origin}/api/auth${path}`, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { origin, 'content-type': 'application/json' }),
        ...(how.cookie === undefined ? {} : { cookie: how.cookie }),
        ...how.headers,
      },
      ...(method === 'GET' || method === 'HEAD' ? {} : { body: sent }),
    });
    const answer = await accounts.handle(request, how.from ?? '192.0.2.1');
    const text = await answer.text();
    const json: unknown = text === '' ? null : JSON.parse(text);
    return { status: answer.status, json, headers: answer.headers, cookie: merge(how.cookie, answer.headers) };
  }

  return {
    accounts,
    database,
    events,
    logged,
    emails,
    clock,
    call,
    async signUp(name, email, how) {
      const answer = await call('/sign-up/email', { name, email, password: PASSWORD }, how);
      if (answer.status !== 200) throw new Error(`sign-up answered ${answer.status} ${JSON.stringify(answer.json)}`);
      return { id: (answer.json as { user: { id: UserId } }).user.id, email, cookie: answer.cookie };
    },
    again: (more = {}) => build(database, { ...options, ...more }, () => Promise.resolve()),
    async close() {
      accounts.close();
      await end();
    },
  };
}

/** The Cookie header that a browser has after this answer. */
function merge(before: string | undefined, headers: Headers): string {
  const held = new Map(
    (before ?? '')
      .split('; ')
      .filter(Boolean)
      .map((pair) => [pair.split('=')[0] as string, pair]),
  );
  for (const line of headers.getSetCookie()) {
    const [pair = ''] = line.split(';');
    const name = pair.split('=')[0] as string;
    if (/max-age=0/i.test(line)) held.delete(name);
    else held.set(name, pair);
  }
  return [...held.values()].join('; ');
}
