import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { expect } from 'vitest';
import { disabledFeatures } from './features.fixture.ts';
import { SLEEP } from './lid.fixture.ts';

/** Patience of one wait. Nothing is asserted about time here: a limit only ends what hangs. */
export const PATIENCE_MS = Number(process.env['BROWSER_PATIENCE_MS'] ?? 45_000);

/** This machine, under a name that isn't localhost. */
export const PLAIN_HOST = 'teamlink.example';

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'];
  if (executablePath === undefined) throw new Error('CHROMIUM_PATH names no browser; `npm test` finds one');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      // A name that the browser does not trust without https, as it does localhost.
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
      disabledFeatures(),
    ],
  });
}

/** One person's browser profile, with one page in it. Errors in the page fail the test that asks for them. */
export interface Visitor {
  name: string;
  email: string;
  context: BrowserContext;
  page: Page;
  /** What the page complained of: exceptions and errors on its console. */
  complaints: string[];
}

export async function openVisitor(
  browser: Browser,
  origin: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const email = `${name.toLowerCase().replaceAll(/\W/g, '')}.${crypto.randomUUID().slice(0, 8)}@example.org`;
  const visitor: Visitor = { name, email, context, page, complaints: [] };
  listen(visitor, page);
  return visitor;
}

export function listen({ complaints }: Visitor, page: Page): void {
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A browser reports each request that fails; being without a network is no error of the page.
    if (message.type() === 'error' && !/ERR_|Failed to load resource|WebSocket connection/.test(message.text()))
      complaints.push(message.text());
  });
}

export const PASSWORD = 'a long password';

export async function signUp({ page, name, email }: Visitor): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await enterBy(page, 'Sign up');
}

/** As people do: pressed again when the server could not answer just now, as on a disk that many share. */
async function enterBy(page: Page, name: string): Promise<void> {
  const problem = page.getByRole('alert').filter({ hasText: /\S/ });
  for (let tries = 1; ; tries += 1) {
    await page.getByRole('button', { name, exact: true }).click();
    await newChat(page).or(problem).first().waitFor();
    if ((await problem.count()) === 0) break;
    if (tries === 5) throw new Error(`${name}: ${await problem.innerText()}`);
    await page.waitForTimeout(1_000);
  }
  await newChat(page).waitFor();
}

export async function signIn({ page, email }: Visitor): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await enterBy(page, 'Sign in');
}

/**
 * Stops every script of a page where it stands, as a frozen tab's and a sleeping device's are: its timers, its messages,
 * and with them its signs of life; its locks stay. (The lifecycle state that DevTools can set does nothing to a page in
 * front.) Answers how to let it go on; a page under a lid can be told how far its clocks went on meanwhile, beyond the time
 * that really passed, before its first script runs again.
 */
export async function freeze(page: Page): Promise<(aheadMs?: number) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const paused = new Promise((resolve) => session.once('Debugger.paused', resolve));
  await session.send('Debugger.enable');
  await session.send('Debugger.pause');
  await paused;
  return async (aheadMs = 0) => {
    if (aheadMs > 0) {
      const { exceptionDetails } = await session.send('Runtime.evaluate', { expression: `${SLEEP}(${aheadMs})` });
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    }
    await session.send('Debugger.resume');
    await session.detach();
  };
}

/** Kills a page's process, without any of its events. */
export async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Never answers: the process that should is gone.
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
}

/** Waits until the shell is precached: from then on the app opens without a network. */
export async function workerReady({ page }: Visitor): Promise<void> {
  // Not with waitForFunction: a promise is true to it, whatever comes of it.
  const state = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state);
  await expect.poll(state, { timeout: PATIENCE_MS }).toBe('activated');
}

function newChat(page: Page) {
  return page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).first();
}

export async function startDirect({ page }: Visitor, name: string): Promise<void> {
  await newChat(page).click();
  await page.getByRole('searchbox', { name: 'Name or email' }).fill(name);
  await page.getByRole('list', { name: 'People' }).getByRole('button', { name, exact: true }).click();
  await conversation(page, name).waitFor();
}

/** Of people met before or in the directory. */
export async function createGroup({ page }: Visitor, title: string, ...names: string[]): Promise<void> {
  await newChat(page).click();
  await page.getByRole('button', { name: 'New group' }).click();
  await page.getByLabel('Group name', { exact: true }).fill(title);
  for (const name of names) await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('button', { name: 'Create group' }).click();
  await conversation(page, title).waitFor();
}

export function conversation(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** The chat's entry in the list, named after the person or group. */
export function entry(page: Page, name: string) {
  return page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name, exact: true });
}

export async function openChat(page: Page, name: string): Promise<void> {
  await entry(page, name).click();
  await conversation(page, name).waitFor();
}

export async function write(page: Page, text: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Message' });
  await box.fill(text);
  await box.press('Enter');
  await message(page, text).first().waitFor();
}

/** The message with this text, in one of these states. Its name says sender, time, text and state. */
export function message(page: Page, text: string, state = '') {
  return page.getByRole('article', { name: new RegExp(`: ${text}${state === '' ? '' : `, (?:${state})$`}`) });
}

/** The texts that are drawn now, in order. */
export function texts(page: Page): Promise<string[]> {
  return page.locator('[data-message] span[dir=auto]').allInnerTexts();
}

export async function expectTexts(page: Page, wanted: string[]): Promise<void> {
  await expect.poll(() => texts(page), { timeout: PATIENCE_MS, interval: 100 }).toEqual(wanted);
}
