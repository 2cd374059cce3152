import type { BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { PASSWORD, type Account, noteSession } from './browser.fixture.ts';
import { newGroupStream, newId, push, sendOp, userIdOf } from './device.fixture.ts';

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };

/** Creates an account by a request: for people whose screen is not tested. */
export async function register(account: Account): Promise<string> {
  const { page, name, email } = account;
  const data = { name, email, password: PASSWORD };
  let answer = await page.request.post('/api/auth/sign-up/email', { data });
  // A busy server answers 503, and may have stored the account nevertheless.
  while (answer.status() === 503) answer = await page.request.post('/api/auth/sign-up/email', { data });
  if (!answer.ok()) await authenticate(account);
  await noteSession(account);
  return userIdOf(account);
}

/** Sets the session cookie by a request: the page finds it and opens signed in. */
export async function authenticate({ page, email }: Account): Promise<void> {
  const answer = await page.request.post('/api/auth/sign-in/email', { data: { email, password: PASSWORD } });
  expect(answer.ok()).toBe(true);
}

export async function makeGroup(maker: Account, title: string, ...memberIds: string[]): Promise<string> {
  const stream = newGroupStream();
  await push(maker, [{ id: newId(), stream, kind: 'conversation.create', title, memberIds }]);
  return stream;
}

/** Groups of these two, in which the first has said hello. Resolves to the stream of each title. */
export async function greetedGroups<T extends string>(
  maker: Account,
  other: Account,
  titles: readonly T[],
): Promise<Record<T, string>> {
  const otherId = await userIdOf(other);
  const made = titles.map(async (title) => {
    const stream = await makeGroup(maker, title, otherId);
    await push(maker, messageOps(stream, ['Hello']));
    return [title, stream] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as Record<T, string>;
}

export const messageOps = (stream: string, texts: string[]) => texts.map((text) => sendOp(stream, text));
