import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mongoose from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMAT } from '#server/database/connect.ts';
import { run, settings, startServer, temporaryFolder } from './process.fixture.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe('a refused start prints the reason in one line and exits with 1:', () => {
  let place: ReturnType<typeof temporaryFolder>;
  beforeAll(() => void (place = temporaryFolder()));
  afterAll(() => place.remove());

  async function refused(env: Record<string, string>): Promise<string> {
    const { gone, output } = run('main', env);
    expect({ code: await gone, output: output() }).toMatchObject({ code: 1 });
    const lines = output().trim().split('\n');
    expect(lines).toEqual([expect.stringMatching(/^[A-Z].*\.$/)]);
    return lines[0] ?? '';
  }

  it('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const reason = await refused({ ...settings(join(place.folder, 'port')), PORT: String(port) });
    expect(reason).toBe(`Port ${port} is in use by another program; set PORT to another one.`);
    other.close();
  });

  // Every variable is tested where the environment is read; here is one, and what only the network can tell.
  it.each([
    ['HOST', '203.0.113.1'],
    ['HOST', 'no such host'],
    ['AUTH_SECRET', 'hunter2'],
  ])('%s=%s', async (name, value) => {
    const reason = await refused({ ...settings(join(place.folder, 'values')), [name]: value });
    expect(reason.startsWith(`${name} `)).toBe(true);
    expect(reason).not.toContain('hunter2');
  });

  it('a certificate that is missing or malformed', async () => {
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(place.folder, name)) as [string, string];
    const env = { ...settings(join(place.folder, 'tls')), TLS_CERT: cert, TLS_KEY: key };
    expect(await refused(env)).toContain(cert);
    for (const file of [cert, key]) writeFileSync(file, 'no certificate\n');
    expect(await refused(env)).toMatch(/^TLS_CERT and TLS_KEY must name a certificate/);
  });

  it('a database that does not answer, or an address that weakens the write concern', async () => {
    const env = settings(join(place.folder, 'mongodb'));
    expect(await refused({ ...env, MONGODB_URI: 'mongodb://user:hunter2@127.0.0.1:1/chat' })).toMatch(
      /^The database at 127\.0\.0\.1:1 does not answer/,
    );
    expect(await refused({ ...env, MONGODB_URI: 'mongodb://127.0.0.1:1/chat?w=1' })).toContain('w=majority');
  });

  it('too few files that the process may open', async () => {
    // Node raises the limit as far as it may, so a shell lowers both bounds.
    const start = `ulimit -n 200 && exec "${process.execPath}" "${here('../../scripts/start.mjs')}"`;
    const started = spawn('sh', ['-c', start], {
      env: { PATH: process.env['PATH'], NODE_ENV: 'test', ...settings(join(place.folder, 'few')) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(started, 'close');
    expect([started.exitCode, said]).toEqual([1, expect.stringMatching(/^This process may open too few files: .*\n$/)]);
  });

  it('arguments, which a server takes none of: --help prints how to start it', async () => {
    const env = settings(join(place.folder, 'arguments'));
    for (const [argument, code] of [
      ['--help', 0],
      ['--port=80', 2],
    ] as const) {
      const asked = run('main', env, [argument]);
      expect([await asked.gone, asked.output()]).toEqual([code, expect.stringMatching(/^usage: npm start.*\n$/)]);
    }
    expect(existsSync(env.DATA_DIR)).toBe(false);
  });

  it('a data folder that is a file', async () => {
    const file = join(place.folder, 'a-file');
    writeFileSync(file, '');
    expect(await refused(settings(file))).toContain(file);
  });

  it('a data folder that another server uses, without disturbing that server', async () => {
    const dataDir = join(place.folder, 'shared');
    const first = await startServer(dataDir);
    expect(await refused(settings(dataDir))).toBe(
      `The data folder is in use by another server (process ${first.child.pid}).`,
    );
    expect((await fetch(`${first.origin}/readyz`)).status).toBe(200);
    first.child.kill('SIGTERM');
    expect(await first.gone).toBe(0);
  });

  it('a data folder of a newer version, which stays untouched', async () => {
    const dataDir = join(place.folder, 'newer');
    mkdirSync(dataDir);
    const socketPath = join(dataDir, 'd.sock');
    const database = run('database', {}, ['--data', join(dataDir, 'database'), '--socket', socketPath]);
    const [, uri = ''] = await database.until(/ready (\S+)/);
    const connection = await mongoose.createConnection(uri, { dbName: 'teamlink' }).asPromise();
    const meta = connection.collection<{ _id: string; format: number; epoch: string }>('meta');
    await meta.insertOne({ _id: 'database', format: FORMAT + 1, epoch: 'of the newer version' });
    await connection.close();
    database.child.kill('SIGTERM');
    expect(await database.gone).toBe(0);
    expect(await refused(settings(dataDir))).toBe(
      `The database has format ${FORMAT + 1}, and this version knows ${FORMAT}: run the newer version.`,
    );
  });
});
