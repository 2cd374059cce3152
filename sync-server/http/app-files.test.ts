import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import compress from '@fastify/compress';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerAppFiles } from './app-files.ts';

const files = {
  'app/index.html': '<!doctype html><title>the page</title>',
  'app/sw.js': '/* worker */',
  'app/manifest.webmanifest': '{}',
  'app/assets/main-abc123.js': '/* code */',
  'app/icons/mark.svg': '<svg/>',
  'app/.secret': 'a dot file',
  'app/assets/.secret': 'a dot file',
  'outside.txt': 'outside',
};

const large = '/* code that was compressed when it was built */'.repeat(50);

describe('the app’s files', () => {
  let folder: string;
  let app: FastifyInstance;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'teamlink-app-'));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const compressed = join(folder, 'app', 'assets', 'large-abc123.js');
    await writeFile(compressed, large);
    await writeFile(`${compressed}.br`, brotliCompressSync(large));
    await writeFile(`${compressed}.gz`, gzipSync(large));
    app = fastify();
    await app.register(compress, { threshold: 1, encodings: ['gzip', 'identity'] });
    await registerAppFiles(app, join(folder, 'app'));
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  const asked = async (
    path: string,
    { accept = '*/*', method = 'GET' }: { accept?: string; method?: 'GET' | 'HEAD' | 'POST' } = {},
  ) => {
    const { statusCode, headers, body } = await app.inject({ method, path, headers: { accept } });
    const { 'content-type': type, 'cache-control': caching } = headers;
    return { status: statusCode, type, caching, body };
  };
  const navigation = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const page = {
    status: 200,
    type: 'text/html; charset=utf-8',
    caching: 'no-cache',
    body: files['app/index.html'],
  };
  const missing = { status: 404, type: expect.stringContaining('application/json') as string };

  it('[SEC-48] [S4] hashed files are cached forever, icons for a day, and everything else is revalidated', async () => {
    expect(await asked('/assets/main-abc123.js')).toMatchObject({
      status: 200,
      type: expect.stringContaining('javascript') as string,
      caching: 'public, max-age=31536000, immutable',
    });
    expect(await asked('/icons/mark.svg')).toMatchObject({ type: 'image/svg+xml', caching: 'public, max-age=86400' });
    for (const path of ['/sw.js', '/manifest.webmanifest', '/', '/index.html'])
      expect(await asked(path)).toMatchObject({ status: 200, caching: 'no-cache' });
    expect(await asked('/manifest.webmanifest')).toMatchObject({ type: 'application/manifest+json; charset=utf-8' });
  });

  it('a browser’s address bar gets the page for every place in the app', async () => {
    for (const path of ['/', '/chats/g%3A0198', '/sign-in', '/settings?tab=devices', '/%E4%B8%AD'])
      expect({ path, ...(await asked(path, { accept: navigation })) }).toEqual({ path, ...page });
    expect(await asked('/chats/x')).toMatchObject(missing);
    expect(await asked('/chats/x', { accept: navigation, method: 'POST' })).toMatchObject(missing);
  });

  it('the page is compressed for every place in the app', async () => {
    for (const path of ['/', '/chats/g%3A0198']) {
      const { headers } = await app.inject({ path, headers: { accept: navigation, 'accept-encoding': 'gzip' } });
      expect([path, headers['content-encoding']]).toEqual([path, 'gzip']);
    }
  });

  it('[S4] a file that the build has compressed is sent as it is, in the best encoding that the browser accepts, and cached like the original', async () => {
    const path = '/assets/large-abc123.js';
    const forms = { 'gzip, deflate, br': brotliDecompressSync, gzip: gunzipSync, identity: (body: Buffer) => body };
    for (const [accepted, read] of Object.entries(forms)) {
      const { headers, rawPayload } = await app.inject({ path, headers: { 'accept-encoding': accepted } });
      expect(read(rawPayload).toString()).toBe(large);
      expect([accepted, headers['content-encoding']]).toEqual([
        accepted,
        { 'gzip, deflate, br': 'br', gzip: 'gzip', identity: undefined }[accepted],
      ]);
      expect(headers).toMatchObject({
        'content-type': expect.stringContaining('javascript') as string,
        'cache-control': 'public, max-age=31536000, immutable',
        vary: expect.stringContaining('accept-encoding') as string,
      });
    }
  });

  it('HEAD is answered like GET, without a body', async () => {
    for (const path of ['/', '/chats/x', '/assets/main-abc123.js']) {
      const { body: _, ...head } = await asked(path, { accept: navigation, method: 'HEAD' });
      expect(head).toEqual({ ...(await asked(path, { accept: navigation })), body: undefined });
      expect((await app.inject({ method: 'HEAD', path, headers: { accept: navigation } })).body).toBe('');
    }
  });

  it('[SEC-48] a missing asset or route is 404 in JSON, never the page', async () => {
    for (const path of [
      '/assets/main-old.js',
      '/assets/main',
      '/assets',
      '/icons/none',
      '/icons/none.png',
      '/sw.js.map',
      '/api/nothing',
      '/api',
      '/socket.io',
      '/%61pi/nothing',
      '/%61ssets/main',
      '/assets%2fmain',
      '/api%2fnothing',
    ])
      expect({ path, ...(await asked(path, { accept: navigation })) }).toMatchObject({ path, ...missing });
  });

  it('[SEC-51] nothing outside of the folder, no dot file and no other host is served', async () => {
    for (const path of [
      '/../outside.txt',
      '/%2e%2e/outside.txt',
      '/..%2foutside.txt',
      '/assets/..%2f..%2foutside.txt',
      '/assets/%2e%2e/%2e%2e/outside.txt',
      '/assets\\..\\..\\outside.txt',
      '/..%5coutside.txt',
      '/assets/..%252f..%252foutside.txt',
      '/.secret',
      '/assets/.secret',
      '/%2esecret',
      '//evil.example/',
      '//evil.example/%2e%2e',
      '/assets//main-abc123.js',
    ]) {
      const answer = await app.inject({ path, headers: { accept: '*/*' } });
      expect({ path, status: answer.statusCode, location: answer.headers.location }).toEqual({
        path,
        status: 404,
        location: undefined,
      });
      expect(answer.body).not.toMatch(/outside|a dot file/);
    }
  });

  it('without a built app, only the API answers', async () => {
    const bare = fastify();
    await registerAppFiles(bare, undefined);
    expect((await bare.inject({ path: '/', headers: { accept: navigation } })).statusCode).toBe(404);
    await bare.close();
  });
});
