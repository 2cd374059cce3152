import { setTimeout } from 'node:timers/promises';
import * as fc from 'fast-check';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '#protocol/errors.ts';
import { NewLink, LinkToken } from '#protocol/group-links.ts';
import { SearchQuery, UploadFacts, UsersQuery } from '#protocol/http.ts';
import { ConversationId } from '#protocol/ids.ts';
import { ops } from '#protocol/op.ts';
import { Privacy } from '#protocol/privacy.ts';
import { NotificationSettings, RegisterPush, UnregisterPush } from '#protocol/push.ts';
import { strict } from '#protocol/shape.ts';
import { type PushAnswer, verbs } from '#protocol/verbs.ts';
import { accountRoutes } from '#server/auth/routes/table.ts';
import type { TestPerson } from '#server/testing/server.fixture.ts';
import { type Pair, instant, newId, startPair } from './both-transports.fixture.ts';
import { AT_ONCE, arbitraryOf, broken, together } from './arbitrary-of.fixture.ts';

/** At least so many inputs in all: most are broken, the others valid and odd. */
const RUNS = process.env['TEST_LONG'] === undefined ? 2_000 : 20_000;
const KINDS_OF_FAILURE = new Set<string>(ErrorCode.options);
const PASSWORD = 'a long password';

interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** Of the body or, of a GET, of the query. Absent: neither is read. */
  schema?: v.GenericSchema;
  /** It hashes a password, which takes as long as a hundred other requests. */
  isCostly?: boolean;
  /** It ends the session, or makes it worthless. */
  isLast?: boolean;
}

const Nothing = strict({});
const routes: readonly Route[] = [
  ...accountRoutes([]).map(({ method, path, body, endsSessions }) => ({
    method,
    path: `/api/auth${path}`,
    ...(body === undefined ? {} : { schema: body }),
    isCostly: /password|sign-in\/email|sign-up|two-factor|delete|prove|verify-email/.test(path),
    isLast:
      endsSessions !== undefined || /delete-account|sign-out|revoke|change-password|set-password|two-factor/.test(path),
  })),
  ...Object.entries(verbs).map(([verb, { request }]) => ({
    method: 'POST' as const,
    path: `/api/sync/${verb}`,
    schema: request,
  })),
  { method: 'GET', path: '/api/users', schema: UsersQuery },
  { method: 'GET', path: '/api/search', schema: SearchQuery },
  { method: 'GET', path: '/api/group-links', schema: strict({ stream: ConversationId }) },
  { method: 'POST', path: '/api/group-links', schema: NewLink },
  { method: 'POST', path: '/api/group-links/look', schema: strict({ token: LinkToken }) },
  { method: 'POST', path: '/api/group-links/revoke', schema: strict({ id: v.string() }) },
  { method: 'GET', path: '/api/privacy' },
  { method: 'PUT', path: '/api/privacy', schema: Privacy },
  { method: 'GET', path: '/api/push/key' },
  { method: 'PUT', path: '/api/push/subscription', schema: RegisterPush },
  { method: 'DELETE', path: '/api/push/subscription', schema: UnregisterPush },
  { method: 'GET', path: '/api/push/settings' },
  { method: 'PUT', path: '/api/push/settings', schema: NotificationSettings },
  { method: 'POST', path: '/api/push/test', schema: UnregisterPush },
  { method: 'GET', path: '/api/media/an-id' },
  { method: 'GET', path: '/api/uploads/an-id' },
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/metrics' },
];

describe('every route of HTTP, with requests made from its schema', () => {
  let pair: Pair;
  let known: string[];
  beforeAll(async () => {
    pair = await startPair();
    const { ann, bob, place } = pair;
    known = [
      place.group,
      place.direct,
      place.message,
      ann.person.userId,
      bob.userId,
      bob.email,
      newId(),
      crypto.randomUUID(),
      instant(),
      '👍',
      PASSWORD,
    ];
  });
  afterAll(() => pair.server.close());

  async function send(person: TestPerson, { method, path }: Route, value: unknown) {
    const isRead = method === 'GET';
    const query = isRead && value !== undefined ? `?${queryOf(value)}` : '';
    return served(`${pair.server.origin}${path}${query}`, {
      method,
      redirect: 'manual',
      headers: { cookie: person.cookie, ...(isRead ? {} : { 'content-type': 'application/json' }) },
      ...(isRead ? {} : { body: JSON.stringify(value) ?? 'undefined' }),
    });
  }

  /** A failure has its code and reveals nothing else about the server, in one of the two formats. [ER1] [HT2] */
  function expectAnswered({ status, text }: { status: number; text: string }, request: object): void {
    if (status < 400) return;
    expect({ request, status, text }).toMatchObject({
      status: expect.toSatisfy((code: number) => code < 500) as number,
    });
    const { error, code } = JSON.parse(text) as { error?: { code: string }; code?: string };
    expect({ request, isKnown: KINDS_OF_FAILURE.has(error?.code ?? '') || /^[A-Z0-9_]+$/.test(code ?? '') }).toEqual({
      request,
      isKnown: true,
    });
  }

  /** Everything that a person could have changed by a request. */
  async function stateOf(person: TestPerson): Promise<unknown> {
    const paths = [
      '/api/auth/get-session',
      '/api/auth/ways-in',
      '/api/auth/list-sessions',
      '/api/privacy',
      '/api/push/settings',
      `/api/group-links?stream=${pair.place.group}`,
    ];
    return [
      await pair.ann.state(),
      ...(await Promise.all(paths.map((path) => send(person, { method: 'GET', path }, undefined)))),
    ];
  }

  const withSchema = routes.filter(({ schema }) => schema !== undefined);

  it('[SEC-01] [SEC-42] [SEC-45] a request with a broken field is refused, and changes nothing', async () => {
    const { person } = pair.ann;
    const before = await stateOf(person);
    const each = Math.ceil((RUNS * 0.7) / withSchema.length);
    let refused = 0;
    for (const route of withSchema) {
      const { schema = Nothing, method, path } = route;
      // A query has texts only, and fields may be optional: what is valid all the same is sent by the other test.
      const isRefused = (value: unknown) =>
        !v.is(schema, method === 'GET' ? asQuery(value) : JSON.parse(JSON.stringify(value) ?? 'null'));
      await fc.assert(
        fc.asyncProperty(together(broken(arbitraryOf(schema, known)).filter(isRefused)), async (values) => {
          await Promise.all(
            values.map(async (value) => {
              refused += 1;
              const answer = await send(person, route, value);
              expectAnswered(answer, { method, path, value });
              expect({ path, value, ...answer }).toMatchObject({
                status: expect.toSatisfy((status: number) => status >= 400 || path === '/api/sync/push') as number,
              });
            }),
          );
        }),
        { numRuns: Math.ceil(each / AT_ONCE) },
      );
    }
    expect(refused).toBeGreaterThanOrEqual(RUNS * 0.7);
    expect(await stateOf(person)).toEqual(before);
  });

  it('[SEC-01] a parameter that is there twice is refused, rather than one of the two chosen', async () => {
    for (const { path } of withSchema.filter(({ method }) => method === 'GET')) {
      const { status } = await send(pair.ann.person, { method: 'GET', path: `${path}?q=a&q=b` }, undefined);
      expect({ path, status }).toEqual({ path, status: 400 });
    }
  });

  it('[SEC-42] [ER1] a request that is valid and odd is answered, and others are served', async () => {
    let person = await pair.server.signUp('Odd');
    const each = Math.ceil((RUNS * 0.3) / routes.length);
    let answered = 0;
    for (const route of routes.toSorted((a, b) => Number(a.isLast === true) - Number(b.isLast === true))) {
      const { schema = Nothing, method, path, isLast = false, isCostly = false } = route;
      await fc.assert(
        fc.asyncProperty(together(arbitraryOf(schema, known), isLast ? 1 : AT_ONCE), async (values) => {
          const answers = await Promise.all(
            values.map(async (value) => {
              const answer = await send(person, route, value);
              answered += 1;
              // The metrics are for a machine of its own, and answer without a body.
              if (path !== '/metrics') expectAnswered(answer, { method, path, value });
              return answer;
            }),
          );
          if (isLast && answers.some(({ status }) => status === 401)) person = await pair.server.signUp('Odd');
        }),
        { numRuns: Math.ceil(each / (isLast ? 1 : AT_ONCE) / (isCostly ? 5 : 1)) },
      );
    }
    expect(answered).toBeGreaterThanOrEqual(RUNS * 0.2);
    expect((await send(pair.ann.person, { method: 'GET', path: '/readyz' }, undefined)).status).toBe(200);
  });

  it('[SEC-01] [SEC-42] ops that are valid and odd are each answered, never by `internal`', async () => {
    const kinds = Object.entries(ops);
    const push: Route = { method: 'POST', path: '/api/sync/push' };
    for (const [kind, schema] of kinds)
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryOf(schema, known), { minLength: 1, maxLength: 5 }), async (made) => {
          const sent = made.map((op) => ({ ...(op as object), id: newId(), kind }));
          const { status, text } = await send(pair.ann.person, push, { ops: sent });
          expect(status).toBe(200);
          const { results } = JSON.parse(text) as PushAnswer;
          expect(results.map((result) => (result.ok ? 'ok' : result.error.code))).not.toContain('internal');
        }),
        { numRuns: Math.ceil((RUNS * 0.05) / kinds.length) },
      );
  });

  it('[SEC-61] [SEC-62] [SEC-68] forms and uploads with odd fields are answered', async () => {
    const { person } = pair.ann;
    const header = fc
      .string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)), maxLength: 60 })
      .map((text) => text.trim());
    const facts = arbitraryOf(UploadFacts, [...known, '1', '640', 'image', 'voice', 'AAAA']);
    await fc.assert(
      fc.asyncProperty(
        facts,
        fc.uint8Array({ maxLength: 200 }),
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        async (fields, bytes, name) => {
          const form = new FormData();
          for (const [field, value] of Object.entries(fields as object))
            if (typeof value === 'string') form.set(field, value);
          form.set('file', new Blob([bytes]), name);
          const answer = await served(`${pair.server.origin}/api/media`, {
            method: 'POST',
            headers: { cookie: person.cookie },
            body: form,
          });
          expectAnswered(answer, { fields, name });
        },
      ),
      { numRuns: RUNS / 40 },
    );
    await fc.assert(
      fc.asyncProperty(
        facts,
        fc.oneof(header, fc.constantFrom('0', '9', '-1', '1e3')),
        fc.oneof(header, fc.constant('')),
        async (fields, length, more) => {
          const metadata = Object.entries(fields as object).map(
            ([field, value]) => `${field} ${Buffer.from(String(value)).toString('base64')}`,
          );
          const answer = await served(`${pair.server.origin}/api/uploads`, {
            method: 'POST',
            headers: {
              cookie: person.cookie,
              'tus-resumable': '1.0.0',
              'upload-length': length,
              'upload-metadata': [...metadata, ...(more === '' ? [] : [more])].join(','),
            },
          });
          expectAnswered(answer, { fields, length, more });
        },
      ),
      { numRuns: RUNS / 40 },
    );
    expect((await send(person, { method: 'GET', path: '/readyz' }, undefined)).status).toBe(200);
  });
});

/** Asks again while a busy machine answers 503, which has no effect. What answers nothing else is returned like any failure. */
async function served(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
  for (let triesLeft = 100; ; triesLeft--) {
    const answer = await fetch(url, init);
    const text = await answer.text();
    if (answer.status !== 503 || triesLeft === 0) return { status: answer.status, text };
    await setTimeout(100);
  }
}

/** What a server makes of the query that `queryOf` writes. */
function asQuery(value: unknown): unknown {
  const parsed: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, text] of new URLSearchParams(queryOf(value))) {
    const earlier = parsed[name];
    parsed[name] = earlier === undefined ? text : [earlier, text].flat();
  }
  return { ...parsed };
}

function queryOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'surplus=1';
  const fields = Object.entries(value).flatMap(([name, each]): [string, string][] => {
    if (each === undefined) return [];
    if (Array.isArray(each) && each.length > 0) return each.map((item) => [name, JSON.stringify(item)]);
    return [[name, typeof each === 'string' ? each.toWellFormed() : JSON.stringify(each)]];
  });
  return new URLSearchParams(fields).toString();
}
