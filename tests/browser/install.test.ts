import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { PATIENCE_MS, entry, expectTexts, message, openChat, openHome, write } from './browser.fixture.ts';
import { disabledFeatures } from './features.fixture.ts';
import { makeGroup, register } from './seed.fixture.ts';
import { startServerProcess } from './server-process.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { WITH_WORKER, workerReady } from './worker.fixture.ts';

const stage = setStage();

interface Icon {
  src: string;
  sizes: string;
  type: string;
  purpose?: string;
}

interface Manifest extends Record<string, unknown> {
  start_url: string;
  scope: string;
  short_name: string;
  icons: Icon[];
  shortcuts: { url: string; icons: Icon[] }[];
}

/** Width and height, from the PNG's header. */
async function pixelsOf(path: string): Promise<string> {
  const answer = await fetch(new URL(path, stage.server.origin));
  expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'image/png']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

test('[M1] [M2] [M4] [M11] [M12] the manifest identifies the app, links only to its own site, and every icon has the size it claims', async () => {
  const answer = await fetch(`${stage.server.origin}/manifest.webmanifest`);
  expect(answer.headers.get('content-type')).toMatch(/^application\/manifest\+json/);
  const text = await answer.text();
  const manifest = JSON.parse(text) as Manifest;
  expect(manifest).toMatchObject({
    id: '/',
    scope: '/',
    name: 'TeamLink',
    display: 'standalone',
    lang: 'en',
    dir: 'auto',
  });
  expect(new URL(manifest.start_url, stage.server.origin).origin).toBe(stage.server.origin);
  expect(manifest.start_url.startsWith(manifest.scope)).toBe(true);
  expect(manifest.short_name.length).toBeLessThanOrEqual(12);
  for (const key of ['description', 'categories']) expect(manifest[key]).not.toHaveLength(0);
  expect(manifest['prefer_related_applications']).toBe(false);
  expect(text).not.toMatch(/https?:/);

  const claimed = manifest.icons.map(({ purpose, sizes }) => `${purpose} ${sizes}`).toSorted();
  expect(claimed).toEqual(['any 192x192', 'any 512x512', 'maskable 512x512', 'monochrome 512x512']);
  const all = [...manifest.icons, ...manifest.shortcuts.flatMap(({ icons }) => icons)];
  for (const { src, sizes } of all) expect([src, await pixelsOf(src)]).toEqual([src, sizes]);
  expect(await pixelsOf('/icons/apple-touch-icon.png')).toBe('180x180');
});

test('[M10] the browser’s toolbar has a colour for each theme', async () => {
  const page = await (await fetch(stage.server.origin, { headers: { accept: 'text/html' } })).text();
  const media = [...page.matchAll(/<meta name="theme-color" media="\(prefers-color-scheme: (\w+)\)"/g)];
  expect(media.map(([, scheme]) => scheme)).toEqual(['light', 'dark']);
});

test('Chromium reports nothing that would prevent installation', async () => {
  const { page, context } = await stage.visitor('Nobody', WITH_WORKER);
  await page.goto('/');
  const session = await context.newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '')).toMatchObject({ name: 'TeamLink' });
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A Playwright context is a private window, in which nothing can be installed.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  await context.close();
});

test('[S2] [SEC-46] no text becomes markup or code; the worker caches the app shell and none of the server’s answers, and never answers in the server’s place', async () => {
  const ann = await stage.visitor('Ann Arbor', WITH_WORKER);
  await register(ann);
  await openHome(ann);
  await workerReady(ann);
  const { page, context } = ann;
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  // Violations are errors on the console, which other tests look at too.
  expect(stage.complaints()).toEqual([]);
  const written = await page.evaluate(() => {
    const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): object } };
    return [
      () => void (document.createElement('i').innerHTML = '<b>x</b>'),
      () => void (document.createElement('script').text = 'x()'),
      () => void new Worker('/other.js'),
      () => void trustedTypes?.createPolicy('another', {}),
    ].map((write) => {
      try {
        write();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    });
  });
  expect(written).toEqual(['TypeError', 'TypeError', 'TypeError', 'TypeError']);
  const cached = await page.evaluate(async () => {
    const paths: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    return paths;
  });
  for (const path of ['/index.html', '/manifest.webmanifest', '/icons/icon-192.png']) expect(cached).toContain(path);
  expect(cached.filter((path) => /^\/(?:api|socket\.io)/.test(path))).toEqual([]);

  const answered = page.waitForResponse((response) => response.url().endsWith('/api/auth/get-session'));
  await page.evaluate(() => fetch('/api/auth/get-session').then((answer) => answer.text()));
  expect((await answered).fromServiceWorker()).toBe(false);
  const health = await page.goto('/healthz');
  expect([health?.fromServiceWorker(), await health?.text()]).toEqual([false, expect.not.stringContaining('<html')]);
  expect((await page.goto('/new'))?.fromServiceWorker()).toBe(true);
  await context.setOffline(true);
  await expect(page.goto('/api/users')).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
});

/** Whether the browser has stored that this profile has a worker, which it does some time after the worker is active. */
function knowsWorker(profile: string): boolean {
  const folder = join(profile, 'Default', 'Service Worker', 'Database');
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some(
    (file) => file.endsWith('.log') && readFileSync(join(folder, file), 'latin1').includes('/sw.js'),
  );
}

test('[S1] [ask 8] while the server is down, a restarted browser opens the app signed in, with its chats and its pending messages', async () => {
  const own = await startServerProcess();
  const profile = mkdtempSync(join(tmpdir(), 'teamlink-profile-'));
  let opened: BrowserContext | undefined;
  const open = async () => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM_PATH'] ?? '',
      args: ['--no-sandbox', '--disable-gpu', disabledFeatures()],
      baseURL: own.origin,
      locale: 'en-GB',
    });
    opened = context;
    context.setDefaultTimeout(PATIENCE_MS);
    const page = context.pages()[0] ?? (await context.newPage());
    return { context, page };
  };
  try {
    const first = await open();
    const ann = { ...first, name: 'Ann Arbor', email: 'ann@example.org', complaints: [] };
    await register(ann);
    await makeGroup(ann, 'Lighthouse');
    await first.page.goto('/');
    await openChat(first.page, 'Lighthouse');
    await write(first.page, 'sent before');
    await message(first.page, 'sent before', 'Sent|Delivered').waitFor();
    await workerReady(ann);
    await expect.poll(() => knowsWorker(profile)).toBe(true);
    await own.end('SIGKILL');
    await write(first.page, 'written in between');
    await first.context.close();

    const second = await open();
    await second.page.goto('/');
    await entry(second.page, 'Lighthouse').waitFor();
    await openChat(second.page, 'Lighthouse');
    await expectTexts(second.page, ['sent before', 'written in between']);
    await message(second.page, 'written in between', 'Waiting').waitFor();
    expect(await second.page.getByLabel('Password').count()).toBe(0);
    await own.start();
    await message(second.page, 'written in between', 'Sent|Delivered').waitFor();
  } finally {
    await opened?.close();
    await own.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
