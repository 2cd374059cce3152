import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, type Page, chromium } from 'playwright-core';
import { uuidV7 } from '#protocol/ids.ts';
import { startBuiltServer } from './built-server.ts';

const AT_ONCE = 100;
const TRIES = 40;
/** A machine that is busy with other work may take long. */
const REQUEST_MS = 120_000;

export const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** A built server with an empty database, and a browser; `CHROMIUM_PATH` names it. */
export async function openStage() {
  const server = await startBuiltServer();
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  return {
    origin: server.origin,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** A person with an account and their own page, which shows nothing yet. */
export async function registered(browser: Browser, origin: string, name: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const account = { name, email: `${name.toLowerCase()}@example.org`, password: 'a long password' };
  const answer = await page.request.post('/api/auth/sign-up/email', { data: account });
  if (!answer.ok()) throw new Error(await answer.text());
  return page;
}

export async function idOf(page: Page): Promise<string> {
  return ((await (await page.request.get('/api/auth/get-session')).json()) as { user: { id: string } }).user.id;
}

interface SentOp {
  id: string;
  [field: string]: unknown;
}

/** Ops that a busy server could not store in time are sent again. */
export async function push(page: Page, ops: readonly SentOp[]): Promise<void> {
  for (let at = 0; at < ops.length; at += AT_ONCE) {
    let left = ops.slice(at, at + AT_ONCE);
    for (let tries = 0; left.length > 0; tries++) {
      if (tries > 0) await pause(250);
      const answer = await page.request.post('/api/sync/push', { data: { ops: left }, timeout: REQUEST_MS });
      const body = (await answer.json()) as { results?: { id: string; ok: boolean }[] };
      if (tries === TRIES) throw new Error(JSON.stringify(body));
      const stored = new Set(body.results?.filter(({ ok }) => ok).map(({ id }) => id));
      left = left.filter(({ id }) => !stored.has(id));
    }
  }
}
