import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId, StreamId } from '#protocol/ids.ts';
import type { PullAnswer } from '#protocol/verbs.ts';
import { type Delivery, faultsIn } from '#server/followers/testing/recorder.fixture.ts';
import { type Person, ownGroup, post, push, sendOp, signUp, until } from './person.fixture.ts';
import {
  type Running,
  type RunningServer,
  often,
  ready,
  run,
  runFile,
  settings,
  temporaryFolder,
} from './process.fixture.ts';

const KILLS = often(2, 40);
const WRITERS = 6;
const CONSUMERS = ['steady', 'stumbling'];

let program: string;
let bundle: string;
beforeAll(async () => {
  mkdirSync('.cache', { recursive: true });
  // Inside the project, where it finds its libraries.
  bundle = mkdtempSync(join('.cache', 'followers-'));
  const input = { recording: 'sync-server/followers/testing/recording-server.ts' };
  await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    // With its libraries, like the server itself: each of its starts takes half the time.
    ssr: { noExternal: true, external: ['sharp', 'lmdb', 'redis'] },
    build: {
      ssr: true,
      target: 'node20',
      outDir: bundle,
      rolldownOptions: { input, output: { entryFileNames: '[name].js', comments: false } },
    },
  });
  program = join(bundle, 'recording.js');
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));

/** What a consumer has recorded so far, on any server. */
function recorded(folder: string, consumer: string): Delivery[] {
  let text = '';
  try {
    text = readFileSync(join(folder, consumer), 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' ') as [StreamId, string])
    .map(([stream, rev]) => ({ stream, revs: [Number(rev)] }));
}

/** So short that every server always has entries to deliver; without it, most of the work would be done while one starts again. */
const BETWEEN_PUSHES_MS = 40;

/** Sends to the server at `origin`, until told to stop. Failures are part of the test. */
function startWriting(origin: () => string, person: Person, stream: ConversationId) {
  let isOn = true;
  const work = (async () => {
    while (isOn) {
      const ops = Array.from({ length: 3 }, (_, at) => sendOp(stream, `text ${at}`));
      await push(origin(), person, ...ops).catch(() => undefined);
      await pause(BETWEEN_PUSHES_MS);
    }
  })();
  return {
    async stop() {
      isOn = false;
      await work;
    },
  };
}

/** The heads of all streams that these people see, their own included. */
async function headsOf(origin: string, people: readonly Person[]): Promise<Map<StreamId, number>> {
  const heads = new Map<StreamId, number>();
  for (const person of people) {
    const cursors: Record<string, number> = {};
    for (let more = true; more;) {
      const { answer } = await post<PullAnswer>(origin, person, 'pull', { cursors });
      for (const { stream, cursor } of answer.streams) {
        cursors[stream] = cursor;
        heads.set(stream, cursor);
      }
      more = answer.more;
    }
  }
  return heads;
}

/** Kills one server after the other at random moments under load. Resolves to what each consumer missed in the end. */
async function killed(
  folder: string,
  start: (nth: number) => Promise<RunningServer>,
  count: number,
): Promise<string[]> {
  const servers = await Promise.all(Array.from({ length: count }, (_, nth) => start(nth)));
  const at = (nth: number) => servers[nth % count] as RunningServer;
  const people: Person[] = [];
  for (let nth = 0; nth < WRITERS; nth++) people.push(await signUp(at(0).origin, `Writer ${nth}`));
  const [ann] = people as [Person];
  const shared = await ownGroup(at(0).origin, ann, people);
  const writers = await Promise.all(
    people.map(async (person, nth) => {
      const stream = nth % 2 === 0 ? shared : await ownGroup(at(0).origin, person);
      return startWriting(() => at(nth).origin, person, stream);
    }),
  );
  for (let kill = 0; kill < KILLS; kill++) {
    const before = recorded(folder, 'steady').length;
    await until(() => recorded(folder, 'steady').length > before + 20);
    await pause(Math.random() * 400);
    const nth = kill % count;
    at(nth).child.kill('SIGKILL');
    await at(nth).gone;
    servers[nth] = await start(nth);
  }
  for (const writer of writers) await writer.stop();
  const heads = await headsOf(at(0).origin, people);
  expect(heads.size).toBeGreaterThan(2 * (WRITERS / 2));
  for (const consumer of CONSUMERS) await until(() => faultsIn(recorded(folder, consumer), heads).length === 0);
  for (const { child, gone } of servers) {
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
  }
  return CONSUMERS.flatMap((consumer) => faultsIn(recorded(folder, consumer), heads));
}

describe('consumers of a server that is killed under load, again and again', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeAll(() => void (place = temporaryFolder()));
  afterAll(() => place.remove());

  it(`${KILLS} kills of one server: each has seen every entry of every stream, in order`, async () => {
    const data = join(place.folder, 'data');
    const start = () => ready(runFile(program, { ...settings(data), RECORDS: place.folder }));
    expect(await killed(place.folder, start, 1)).toEqual([]);
  }, 900_000);
});

describe('consumers of two servers over one database that are killed by turns', () => {
  let place: ReturnType<typeof temporaryFolder>;
  let database: Running;
  beforeAll(() => void (place = temporaryFolder()));
  afterAll(() => {
    database.child.kill('SIGKILL');
    place.remove();
  });

  it(`${KILLS} kills: each has seen every entry of every stream, in order`, async () => {
    const socketPath = join(place.folder, 'd.sock');
    database = run('database', {}, ['--data', join(place.folder, 'database'), '--socket', socketPath]);
    const [, uri = ''] = await database.until(/ready (\S+)/);
    const env = {
      MONGODB_URI: uri,
      AUTH_SECRET: 'a secret that both servers know, of some length',
      RECORDS: place.folder,
    };
    const start = (nth: number) => ready(runFile(program, { ...settings(join(place.folder, `server${nth}`)), ...env }));
    expect(await killed(place.folder, start, 2)).toEqual([]);
  }, 900_000);
});
