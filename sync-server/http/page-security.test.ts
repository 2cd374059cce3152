import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { registerPageSecurity } from './page-security.ts';

it('[SEC-46] the page’s own inline script and style are allowed by their hashes, and nothing else inline', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'teamlink-page-'));
  const [script, style] = ['\n  start();\n', 'p { margin: 0 }'];
  const page = `<style>${style}</style><script>${script}</script><script type="module" src="/main.js"></script>`;
  await writeFile(join(folder, 'index.html'), page);
  const policyWith = async (appDir: string | undefined) => {
    const app = fastify();
    await registerPageSecurity(app, false, appDir);
    app.get('/', (_request, reply) => reply.send('page'));
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
