import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GRACE_MS } from '#server/auth/closing.ts';
import { PASSWORD, build } from '#server/auth/testing/accounts.fixture.ts';
import { createUsers } from '#server/auth/users.ts';
import { openDatabase } from '#server/database/connect.ts';
import { describeEntryStore } from '#server/streams/testing/entry-store.contract.ts';
import { createMongoEntryStore } from '#server/streams/mongo-entry-store.ts';
import { commands } from './commands.ts';
import { startRecorder } from './testing/recording.fixture.ts';
import { startWithClient } from './testing/engines.fixture.ts';

/*
 * Runs the entry store's whole contract, mongoose's set-up and the accounts' library through a proxy that records the
 * shape of each command. The list in command-shapes.txt is the engine's scope. A new shape needs a case in
 * a semantics fixture first, then `npx vitest run command-shapes -u`.
 */
let engine: Awaited<ReturnType<typeof startWithClient>>;
let recorder: Awaited<ReturnType<typeof startRecorder>>;

beforeAll(async () => {
  engine = await startWithClient();
  recorder = await startRecorder(engine.engine.uri);
});
afterAll(async () => {
  recorder.close();
  await engine.end();
});

/** Commands that TeamLink does not send, for long answers, for people who inspect the database, and for tests. */
const notRecorded =
  'hello isMaster buildInfo getMore killCursors count distinct explain listCollections listDatabases create drop dropDatabase dropIndexes'.split(
    ' ',
  );

const open = () => openDatabase({ uri: `${recorder.uri}/recorded-${randomUUID()}`, dataDir: '' });

describeEntryStore('mongoose, recorded', async () => {
  const database = await open();
  return { store: createMongoEntryStore(database), close: () => database.close() };
});

describe('command shapes', () => {
  it('are sent by accounts and the directory', async () => {
    const database = await open();
    expect(await database.ready()).toBe(true);
    const world = await build(database, {}, () => database.close());
    const { accounts } = world;
    const done = async (path: string, body?: object, cookie?: string) => {
      const answer = await world.call(path, body, { cookie });
      expect([answer.status, path]).toEqual([200, path]);
      return answer;
    };
    const ann = await world.signUp('Ann', 'ann@example.org');
    const bob = await world.signUp('Bob Ben', 'bob@example.org');
    const twin = await world.call('/sign-up/email', { name: 'Ann', email: ann.email, password: PASSWORD });
    expect(twin.status).not.toBe(200);
    const second = await done('/sign-in/email', { email: ann.email, password: PASSWORD });
    const session = await accounts.sessions.find(second.cookie);
    expect(await accounts.sessions.active([session?.id ?? ''])).toEqual(new Set([session?.id]));
    for (const q of [undefined, 'bob', bob.email])
      expect(await accounts.users({ userId: ann.id }, q === undefined ? {} : { q }, '192.0.2.1')).toMatchObject({
        users: [{ id: bob.id }],
      });
    expect((await createUsers(database.connection).find([ann.id, bob.id])).size).toBe(2);
    await done('/list-sessions', undefined, second.cookie);
    await done('/update-user', { name: 'Ann Lovelace' }, second.cookie);
    await done('/revoke-other-sessions', {}, second.cookie);
    const passwords = { currentPassword: PASSWORD, newPassword: 'another horse, battery', revokeOtherSessions: true };
    const third = await done('/change-password', passwords, second.cookie);
    await done('/sign-out', {}, third.cookie);
    expect(await accounts.sessions.find(third.cookie)).toBeNull();
    const fourth = await done('/sign-in/email', { email: ann.email, password: passwords.newPassword });
    await done('/administration/hand-over', { userId: bob.id }, fourth.cookie);
    await done('/delete-account', { password: passwords.newPassword }, fourth.cookie);
    const fifth = await done('/sign-in/email', { email: ann.email, password: passwords.newPassword });
    await done('/delete-account', { password: passwords.newPassword }, fifth.cookie);
    world.clock.now += GRACE_MS;
    await accounts.deleteDue();
    expect(world.events.deleted).toEqual([ann.id]);
    await world.close();
  });

  it('are all the commands that the engine has, with those that a person at a shell needs', () => {
    const sent = [...recorder.shapes].map((shape) => shape.split(/[ ,]/)[0]);
    expect(new Set(Object.keys(commands))).toEqual(new Set([...sent, ...notRecorded]));
  });

  it('are those in the list, each once', async () => {
    const list = `${[...recorder.shapes].sort().join('\n')}\n`;
    await expect(list).toMatchFileSnapshot('command-shapes.txt');
  });
});
