import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#server/database/connect.ts';
import { describeEntryStore } from '#server/streams/entry-store.contract.ts';
import { createMongoEntryStore } from '#server/streams/mongo-entry-store.ts';
import { buildAuth, cookieOf, person, request } from './better-auth.fixture.ts';
import { commands } from './commands.ts';
import { startRecorder } from './recording.fixture.ts';
import { startWithClient } from './testing.ts';

/*
 * What really travels: the entry store's whole contract, mongoose's set-up and the accounts' library, through a socket that
 * writes down the shape of each command. The list in command-shapes.txt is the engine's scope; a new shape wants a case in
 * semantics.fixture.ts first, then `npx vitest run command-shapes -u`.
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

/** Not sent on the way of a message: what the driver may do with a long answer, what looks in, and what clears up. */
const forPeople =
  'hello isMaster buildInfo getMore killCursors count distinct explain listCollections listDatabases create drop dropDatabase dropIndexes'.split(
    ' ',
  );

const open = () => openDatabase({ uri: `${recorder.uri}/recorded-${randomUUID()}`, dataDir: '' });

describeEntryStore('mongoose, recorded', async () => {
  const database = await open();
  return { store: createMongoEntryStore(database), close: () => database.close() };
});

describe('command shapes', () => {
  it('are sent by accounts', async () => {
    const database = await open();
    expect(await database.ready()).toBe(true);
    const auth = buildAuth(database.connection);
    const ask = async (path: string, body: object | null, cookie = '') => {
      const answer = await auth.handler(request(path, body, cookie === '' ? {} : { cookie }));
      expect(answer.status, path).toBe(200);
      return cookieOf(answer);
    };
    const first = await ask('/sign-up/email', person);
    const { name: _, ...credentials } = person;
    const second = await ask('/sign-in/email', credentials);
    await ask('/get-session', null, second);
    await ask('/list-sessions', null, second);
    await ask('/update-user', { name: 'Ada Lovelace' }, second);
    await ask('/revoke-other-sessions', {}, second);
    const passwords = {
      currentPassword: person.password,
      newPassword: 'another correct horse',
      revokeOtherSessions: true,
    };
    const third = await ask('/change-password', passwords, second);
    await ask('/sign-out', {}, third === '' ? first : third);
    await database.close();
  });

  it('are all of the commands that there are, with those that a person at a shell needs', () => {
    const sent = [...recorder.shapes].map((shape) => shape.split(/[ ,]/)[0]);
    expect(new Set(Object.keys(commands))).toEqual(new Set([...sent, ...forPeople]));
  });

  it('are those of the list, each once', async () => {
    const list = `${[...recorder.shapes].sort().join('\n')}\n`;
    await expect(list).toMatchFileSnapshot('command-shapes.txt');
  });
});
