import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '#server/database/connect.ts';
import { type Fresh, targets } from '#server/database/testing/targets.fixture.ts';
import { buildAuth, cookieOf, person, request } from './testing/better-auth.fixture.ts';

describe.each(targets)('better-auth on $name', ({ fresh }) => {
  let place: Fresh;
  let database: Database;
  let connection: Connection;
  beforeAll(async () => {
    place = await fresh();
    database = await openDatabase(place.options);
    ({ connection } = database);
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  it('signs up, signs in, finds the session, signs out, and limits attempts', async () => {
    const auth = buildAuth(connection);
    const signedUp = await auth.handler(request('/sign-up/email', person));
    expect([signedUp.status, await signedUp.json()]).toMatchObject([200, { user: { email: person.email } }]);

    const again = await auth.handler(request('/sign-up/email', person));
    expect(again.status).toBe(422);

    const { name: _, ...credentials } = person;
    const signedIn = await auth.handler(request('/sign-in/email', credentials));
    expect(signedIn.status).toBe(200);
    const cookie = cookieOf(signedIn);

    const session = await auth.handler(request('/get-session', null, { cookie }));
    expect(await session.json()).toMatchObject({ user: { email: person.email } });

    expect((await auth.handler(request('/sign-out', {}, { cookie }))).status).toBe(200);
    const gone = await auth.handler(request('/get-session', null, { cookie }));
    expect(await gone.json()).toBeNull();

    const statuses: number[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      const wrong = await auth.handler(request('/sign-in/email', { ...credentials, password: 'not the password' }));
      statuses.push(wrong.status);
    }
    expect(statuses).toEqual([401, 401, 429, 429]);
  });

  it('has the unique indexes that better-auth creates', async () => {
    const { db } = connection;
    const of = async (name: string) =>
      ((await db?.collection(name).indexes()) ?? []).map(({ key, unique }) => ({ key, unique: unique === true }));
    expect(await of('user')).toContainEqual({ key: { email: 1 }, unique: true });
    expect(await of('session')).toContainEqual({ key: { token: 1 }, unique: true });
  });
});
