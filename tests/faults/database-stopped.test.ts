import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { allMessages, health, open, ownGroup, post, push, sendOp, signUp, until } from './person.fixture.ts';
import { type Running, often, run, startServer, temporaryFolder } from './process.fixture.ts';

/** How long the database is suspended: longer than every timeout on it. */
const STOPPED_MS = often(7_000, 60_000);
/** What a push may take: five seconds are promised, and the rest allows for a busy machine. */
const PATIENCE_MS = 20_000;

describe('a database that hangs', () => {
  const place = temporaryFolder();
  let database: Running;
  afterAll(() => {
    database.child.kill('SIGKILL');
    place.remove();
  });

  it('[REL-06] [HT4] [VB2] makes requests fail in time, costs no memory, loses nothing, and needs no restart when it returns', async () => {
    const socketPath = join(place.folder, 'd.sock');
    database = run('database', {}, ['--data', join(place.folder, 'database'), '--socket', socketPath]);
    const [, uri = ''] = await database.until(/ready (\S+)/);
    const server = await startServer(join(place.folder, 'server'), { MONGODB_URI: uri });
    const ann = await signUp(server.origin, 'Ann');
    const stream = await ownGroup(server.origin, ann);
    const socket = open(server.origin, ann);
    await new Promise((resolve) => socket.once('welcome', resolve));
    const ask = (verb: string, body: object) =>
      socket.timeout(PATIENCE_MS).emitWithAck(verb, body) as Promise<{
        error?: { code: string };
        results?: { ok: boolean; error?: { code: string } }[];
      }>;
    const sent = Array.from({ length: 30 }, (_, nth) => sendOp(stream, `before ${nth}`));
    expect((await ask('push', { ops: sent })).results?.every(({ ok }) => ok)).toBe(true);
    const memoryBefore = memoryOf(server.child.pid);

    database.child.kill('SIGSTOP');
    const backAt = performance.now() + STOPPED_MS;
    const unaccepted: object[] = [];
    do {
      const ops = Array.from({ length: 20 }, (_, nth) => sendOp(stream, `meanwhile ${nth} ${'x'.repeat(4_000)}`));
      unaccepted.push(...ops);
      const [pushed, pulled, history, byHttp, ready, alive] = await Promise.all([
        ask('push', { ops }),
        ask('pull', { cursors: {} }),
        ask('history', { stream }),
        post(server.origin, ann, 'pull', { cursors: {} }),
        health(server.origin, '/readyz'),
        health(server.origin, '/healthz'),
      ]);
      expect(pushed.results?.map(({ error }) => error?.code)).toEqual(ops.map(() => 'unavailable'));
      for (const { error } of [pulled, history, byHttp.answer]) expect(error?.code).toBe('unavailable');
      expect([byHttp.status, ready, alive]).toEqual([503, 503, 200]);
      await pause(10);
    } while (performance.now() < backAt);
    expect(socket.connected).toBe(true);
    expect(memoryOf(server.child.pid) - memoryBefore).toBeLessThan(150_000_000);

    database.child.kill('SIGCONT');
    await until(async () => (await health(server.origin, '/readyz')) === 200);
    for (let from = 0; from < unaccepted.length; from += 20) {
      const ops = unaccepted.slice(from, from + 20).map((op) => ({ ...op, retry: true }));
      await until(async () => (await push(server.origin, ann, ...ops)).answer.results?.every(({ ok }) => ok) ?? false);
    }
    const messages = await allMessages(server.origin, ann, stream);
    expect(messages.map(({ seq }) => seq)).toEqual([...sent, ...unaccepted].map((_, at) => at + 1));
    expect(new Set(messages.map(({ id }) => id)).size).toBe(sent.length + unaccepted.length);
    expect(server.output()).not.toContain('"level":60');
    socket.close();
    server.child.kill('SIGTERM');
    expect(await server.gone).toBe(0);
  }, 240_000);

  it('[REL-05] [REL-06] does not keep a server from shutting down in time', async () => {
    const server = await startServer(join(place.folder, 'server'), {
      MONGODB_URI: `mongodb://${encodeURIComponent(join(place.folder, 'd.sock'))}`,
    });
    database.child.kill('SIGSTOP');
    server.child.kill('SIGTERM');
    expect(typeof (await server.gone)).toBe('number');
    database.child.kill('SIGCONT');
  });
});

/** The process's own memory, without mapped files, which the system may take back. */
function memoryOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]) * 1024;
}
