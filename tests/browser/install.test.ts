import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  PATIENCE_MS,
  entry,
  expectTexts,
  message,
  openBrowser,
  openChat,
  openVisitor,
  signUp,
  workerReady,
  write,
} from './browser.fixture.ts';
import { makeGroup, register } from './seed.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

let server: ServerProcess;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

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

/** Width and height, as the PNG itself says. */
async function pixelsOf(path: string): Promise<string> {
  const answer = await fetch(new URL(path, server.origin));
  expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'image/png']);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

test('[M1] [M2] [M4] [M11] [M12] the manifest says who the app is, stays on its own site, and every icon has the pixels it claims', async () => {
  const answer = await fetch(`${server.origin}/manifest.webmanifest`);
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
  expect(new URL(manifest.start_url, server.origin).origin).toBe(server.origin);
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

test('[M10] the bar of the browser has a colour of either theme', async () => {
  const page = await (await fetch(server.origin, { headers: { accept: 'text/html' } })).text();
  const media = [...page.matchAll(/<meta name="theme-color" media="\(prefers-color-scheme: (\w+)\)"/g)];
  expect(media.map(([, scheme]) => scheme)).toEqual(['light', 'dark']);
});

test('Chromium finds nothing that stands in the way of installing', async () => {
  const { page, context } = await openVisitor(browser, server.origin, 'Nobody');
  await page.goto('/');
  const session = await context.newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? '')).toMatchObject({ name: 'TeamLink' });
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A context of Playwright's is a private window, where nothing can be installed.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  await context.close();
});

test('[S2] the worker keeps the shell and nothing that the server answers, and never answers in its place', async () => {
  const ann = await openVisitor(browser, server.origin, 'Ann Arbor');
  await signUp(ann);
  await workerReady(ann);
  const { page, context } = ann;
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const kept = await page.evaluate(async () => {
    const paths: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    return paths;
  });
  for (const path of ['/index.html', '/manifest.webmanifest', '/theme.js', '/icons/icon-192.png'])
    expect(kept).toContain(path);
  expect(kept.filter((path) => /^\/(?:api|socket\.io)/.test(path))).toEqual([]);

  const asked = page.waitForResponse((response) => response.url().endsWith('/api/auth/get-session'));
  await page.evaluate(() => fetch('/api/auth/get-session').then((answer) => answer.text()));
  expect((await asked).fromServiceWorker()).toBe(false);
  const place = await page.goto('/healthz');
  expect([place?.fromServiceWorker(), await place?.text()]).toEqual([false, expect.not.stringContaining('<html')]);
  expect((await page.goto('/new'))?.fromServiceWorker()).toBe(true);
  await context.setOffline(true);
  await expect(page.goto('/api/users')).rejects.toThrow('ERR_INTERNET_DISCONNECTED');
});

/** Whether the browser has written down that this profile has a worker: it does so some moments after it is active. */
function knowsWorker(profile: string): boolean {
  const folder = join(profile, 'Default', 'Service Worker', 'Database');
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some(
    (file) => file.endsWith('.log') && readFileSync(join(folder, file), 'latin1').includes('/sw.js'),
  );
}

test('[S1] [ask 8] with the server gone, a browser started anew opens the app signed in, with its chats and what waits', async () => {
  const own = await startServerProcess();
  const profile = mkdtempSync(join(tmpdir(), 'teamlink-profile-'));
  let opened: BrowserContext | undefined;
  const open = async () => {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env['CHROMIUM_PATH'] ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
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
    await expect.poll(() => knowsWorker(profile), { timeout: PATIENCE_MS }).toBe(true);
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
