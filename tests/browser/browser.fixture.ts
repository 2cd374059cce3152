import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium,
  request,
} from 'playwright-core';
import { expect } from 'vitest';
import { disabledFeatures } from './features.fixture.ts';
import { holdSocketsOffline } from './offline-socket.fixture.ts';
import { SLEEP } from './sleeping-clock.fixture.ts';

/** The timeout of one wait, as in vite.config.ts. Nothing is asserted about time: a timeout only ends a test that hangs. */
export const PATIENCE_MS = Number(process.env['PATIENCE_MS'] ?? 45_000);

/** A name of this machine other than localhost. */
export const PLAIN_HOST = 'teamlink.example';

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'];
  if (executablePath === undefined) throw new Error('CHROMIUM_PATH is not set; `npm test` finds a browser');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      // A host that the browser, unlike localhost, does not trust without https.
      `--host-resolver-rules=MAP ${PLAIN_HOST} 127.0.0.1`,
      // A microphone that beeps, for those who may use one.
      '--use-fake-device-for-media-stream',
      disabledFeatures(),
    ],
  });
}

/** Somebody for whom a test makes requests. */
export interface Account {
  name: string;
  email: string;
  page: { request: APIRequestContext };
}

/** One person's browser profile with one page. A test that checks `complaints` fails on errors in the page. */
export interface Visitor extends Account {
  context: BrowserContext;
  page: Page;
  /** The page's exceptions and the errors on its console. */
  complaints: string[];
}

/** The emails of this file's visitors with, where one of the functions below made their account, its first session's cookie. */
export const sessions = new Map<string, string>();

export async function noteSession({ email, page }: Account): Promise<void> {
  const { cookies } = await page.request.storageState();
  sessions.set(email, cookies.map(({ name, value }) => `${name}=${value}`).join('; '));
}

/** A person without a browser, which costs half a second of a core. Their requests end with `dispose`. */
export async function openAccount(origin: string, name: string): Promise<Account> {
  return {
    name,
    email: newEmail(name),
    page: { request: await request.newContext({ baseURL: origin, timeout: PATIENCE_MS }) },
  };
}

export async function openVisitor(
  browser: Browser,
  origin: string,
  name: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: origin,
    locale: 'en-GB',
    serviceWorkers: 'block',
    // A press waits until what it presses no longer moves.
    reducedMotion: 'reduce',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await holdSocketsOffline(context);
  const page = await context.newPage();
  const visitor: Visitor = { name, email: newEmail(name), context, page, complaints: [] };
  listen(visitor, page);
  return visitor;
}

function newEmail(name: string): string {
  const email = `${name.toLowerCase().replaceAll(/\W/g, '')}.${crypto.randomUUID().slice(0, 8)}@example.org`;
  sessions.set(email, '');
  return email;
}

export function listen({ complaints }: Visitor, page: Page): void {
  page.on('pageerror', (error) => complaints.push(error.stack ?? String(error)));
  page.on('console', (message) => {
    // The browser reports every failed request, but being offline is not an error of the page.
    if (message.type() === 'error' && !/ERR_|Failed to load resource|WebSocket connection/.test(message.text()))
      complaints.push(message.text());
  });
}

export const PASSWORD = 'a long password';

export async function signUp(visitor: Visitor): Promise<void> {
  const { page, name, email } = visitor;
  await page.goto('/sign-up');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await submitWith(page, 'Sign up');
  await noteSession(visitor);
}

/** Presses the button, and again if the server could not answer, which happens on a slow disk. */
async function submitWith(page: Page, name: string): Promise<void> {
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

/** Goes to an address within the open app, which costs much less than loading the page again. */
export function follow(page: Page, path: string): Promise<void> {
  return page.evaluate((to) => history.pushState(null, '', to), path);
}

/** Opens the list of somebody who is signed in. */
export async function openHome({ page }: Visitor): Promise<void> {
  await page.goto('/');
  await newChat(page).waitFor();
}

/** `isHere`: on the page that is open, as it is. */
export async function signIn({ page, email }: Visitor, { isHere } = { isHere: false }): Promise<void> {
  if (!isHere) await page.goto('/');
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await submitWith(page, 'Sign in');
}

/** With keys, because while parts of the settings are being fetched, a button can move away under the pointer. */
export async function signOut({ page }: Visitor, confirmation: string | RegExp = 'Sign out'): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).first().press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: confirmation, exact: true }).click();
}

/**
 * Pauses all scripts of a page, like those of a frozen tab or a sleeping device: timers, messages and heartbeats stop, but its
 * locks stay. (The lifecycle state that DevTools can set has no effect on a page in the foreground.) Resolves to the function
 * that resumes it. In a page with a sleeping clock, the clocks can be advanced beyond the real time before its first script runs.
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

/** Kills a page's process, without any of the page's events. */
export async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // This never resolves, because the process that should answer is gone.
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
}

export function newChat(page: Page) {
  return page.getByRole('button', { name: 'New chat' }).filter({ visible: true }).first();
}

export async function startDirect({ page }: Visitor, name: string): Promise<void> {
  await newChat(page).click();
  await page.getByRole('searchbox', { name: 'Name or email' }).fill(name);
  await page.getByRole('list', { name: 'People' }).getByRole('button', { name, exact: true }).click();
  await conversation(page, name).waitFor();
}

/** Creates a group of people who are known on the device or are in the directory. A double click creates one, too. */
export async function createGroup({ page }: Visitor, title: string, ...names: string[]): Promise<void> {
  await newChat(page).click();
  await page.getByRole('button', { name: 'New group' }).click();
  await page.getByLabel('Group name', { exact: true }).fill(title);
  for (const name of names) await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('button', { name: 'Create group' }).dblclick();
  await conversation(page, title).waitFor();
}

export function conversation(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** A chat's entry in the list, by the name of the person or group. */
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

/** The message with this text and, if given, in one of these states. Its accessible name has sender, time, text and state. */
export function message(page: Page, text: string, state = '') {
  return page.getByRole('article', { name: new RegExp(`: ${text}${state === '' ? '' : `, (?:${state})$`}`) });
}

/** The texts of the rendered messages, in order. */
export function texts(page: Page): Promise<string[]> {
  return page.locator('[data-message] span[dir=auto]').allInnerTexts();
}

export async function expectTexts(page: Page, wanted: string[]): Promise<void> {
  await expect.poll(() => texts(page)).toEqual(wanted);
}
