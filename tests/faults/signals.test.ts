import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpResult } from '#protocol/verbs.ts';
import { allMessages, health, open, ownGroup, push, sendOp, signUp, until } from './person.fixture.ts';
import { type Running, ready, run, runNpm, settings, startServer, temporaryFolder } from './process.fixture.ts';

describe('an operator’s signals', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeEach(() => void (place = temporaryFolder()));
  afterEach(() => place.remove());

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '[REL-05] [AP1] [AP3] %s during pushes of 100 ops: each op is answered, or takes effect once when it is sent again; a second signal changes nothing',
    async (signal) => {
      const first = await startServer(place.folder);
      const ann = await signUp(first.origin, 'Ann');
      const stream = await ownGroup(first.origin, ann);
      const socket = open(first.origin, ann);
      await new Promise((resolve) => socket.once('welcome', resolve));
      const closed = new Promise((resolve) => socket.once('disconnect', resolve));
      const pushes = Array.from({ length: 4 }, (_, nth) =>
        Array.from({ length: 100 }, (__, at) => sendOp(stream, `${nth} ${at}`)),
      );
      const overSocket = (ops: object[]) =>
        socket.timeout(15_000).emitWithAck('push', { ops }) as Promise<{ results: OpResult[] }>;
      const answers = pushes.map((ops, nth) =>
        (nth % 2 === 0 ? overSocket(ops) : push(first.origin, ann, ...ops).then(({ answer }) => answer)).catch(
          () => undefined,
        ),
      );
      await Promise.race(answers.slice(0, 1));
      first.child.kill(signal);
      first.child.kill(signal);
      await closed;
      first.child.kill(signal);
      expect(await first.gone).toBe(0);
      expect(first.output()).not.toMatch(/at .*\.js:|"level":(?:50|60)/);
      socket.close();

      const results = (await Promise.all(answers)).flatMap((answer) => answer?.results ?? []);
      const second = await startServer(place.folder);
      const again: OpResult[] = [];
      for (const ops of pushes) {
        const { answer } = await push(second.origin, ann, ...ops.map((op) => ({ ...op, retry: true })));
        again.push(...answer.results);
      }
      expect(again.every(({ ok }) => ok)).toBe(true);
      const placeOf = new Map(again.map((result) => [result.id, result]));
      const accepted = results.filter(({ ok }) => ok);
      expect(accepted.length).toBeGreaterThanOrEqual(100);
      expect(accepted).toEqual(accepted.map(({ id }) => placeOf.get(id)));
      for (const result of results)
        if (!result.ok && result.error.code !== 'unavailable') throw new Error(result.error.code);
      const messages = await allMessages(second.origin, ann, stream);
      expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 400 }, (_, at) => at + 1));
      expect(new Set(messages.map(({ id }) => id)).size).toBe(400);
      second.child.kill('SIGKILL');
      await second.gone;
    },
  );

  it('[REL-05] SIGTERM to `npm start` ends the server', async () => {
    const npm = await ready(runNpm('start', settings(place.folder)));
    npm.child.kill('SIGTERM');
    await npm.gone;
    expect(await health(npm.origin, '/healthz')).toBeUndefined();
  });

  it('[REL-05] a server that shuts down is not ready, accepts nobody, and does not wait for clients that stay', async () => {
    const server = await startServer(place.folder);
    const ann = await signUp(server.origin, 'Ann');
    const sockets = Array.from({ length: 20 }, () => open(server.origin, ann));
    await Promise.all(sockets.map((socket) => once(socket as never, 'welcome')));
    server.child.kill('SIGTERM');
    const late = open(server.origin, ann);
    const refused = new Promise((resolve) => {
      late.once('connect_error', resolve);
      late.once('disconnect', resolve);
    });
    await refused;
    await until(async () => (await health(server.origin, '/readyz')) !== 200);
    expect(await server.gone).toBe(0);
    for (const socket of [...sockets, late]) socket.close();
  });

  it('[REL-05] a signal during the start or right after it ends the server cleanly, and the next start succeeds', async () => {
    for (const wait of [
      () => until(() => existsSync(join(place.folder, 'database'))),
      ({ until: printed }: Running) => printed(/TeamLink is at/),
      ({ until: printed }: Running) => printed(/TeamLink is at/),
    ]) {
      const server = run('main', settings(place.folder));
      await wait(server);
      server.child.kill('SIGTERM');
      expect({ code: await server.gone, output: server.output() }).toMatchObject({ code: 0 });
    }
  });
});
