import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { FILE_CACHING, registerPageSecurity } from './page-security.ts';

it('[SEC-46] the page’s own inline script and style are allowed by their hashes, and nothing else inline', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'teamlink-page-'));
  const [script, style] = ['\n  start();\n', 'p { margin: 0 }'];
  const page = `<style>${style}</style><script>${script}</script><script type="module" src="/main.js"></script>`;
  await writeFile(join(folder, 'index.html'), page);
  const policyWith = async (appDir: string | undefined) => {
    const app = fastify();
    await registerPageSecurity(app, false, appDir);
    app.get('/', (_request, reply) => reply.type('text/html').send('page'));
    const policy = String((await app.inject('/')).headers['content-security-policy']);
    await app.close();
    return policy.split(';');
  };
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const policy = await policyWith(folder);
  expect(policy).toContain(`script-src 'self' ${hash(script)}`);
  expect(policy).toContain(`style-src 'self' ${hash(style)}`);
  expect(await policyWith(undefined)).toContain("script-src 'self'");
  await rm(folder, { recursive: true });
});

it('[SEC-46] a page and the worker have all headers, and the files that they load have the few that apply to them', async () => {
  const app = fastify();
  await registerPageSecurity(app, true, undefined);
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send('page'));
  for (const path of ['/sw.js', '/assets/chat.js', '/api/answer']) app.get(path, (_request, reply) => reply.send('x'));
  app.get('/api/file', (_request, reply) => reply.header('content-security-policy', 'sandbox').send('file'));
  const headersOf = async (path: string) => (await app.inject(path)).headers;
  for (const path of ['/', '/sw.js']) {
    const headers = await headersOf(path);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.any(String) as string,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
    });
  }
  for (const path of ['/assets/chat.js', '/api/answer', '/missing']) {
    const security = Object.entries(await headersOf(path)).filter(([name]) => /policy|^x-|^strict|origin/.test(name));
    expect(Object.fromEntries(security)).toEqual({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'x-content-type-options': 'nosniff',
    });
  }
  expect((await headersOf('/api/file'))['content-security-policy']).toBe('sandbox');
  await app.close();
});

it('[SEC-48] [SEC-54] no cache keeps an answer about people, and only the person’s own cache keeps a file, except on a shared computer', async () => {
  const app = fastify();
  await registerPageSecurity(app, false, undefined);
  app.get('/api/file', (_request, reply) => reply.header('cache-control', FILE_CACHING).send('file'));
  app.get('/api/answer', (_request, reply) => reply.send('answer'));
  const caching = async (url: string, cookie = 'a=b') =>
    (await app.inject({ url, headers: { cookie } })).headers['cache-control'];
  expect(await caching('/api/answer')).toBe('no-store');
  expect(await caching('/api/file')).toBe(FILE_CACHING);
  expect(await caching('/api/file', 'a=b; shared-computer=1')).toBe('no-store');
  await app.close();
});
