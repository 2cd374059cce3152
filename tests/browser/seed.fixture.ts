import type { BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { PASSWORD, type Visitor } from './browser.fixture.ts';
import { newGroupStream, newId, push, sendOp, userIdOf } from './device.fixture.ts';

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };

/** Creates an account by a request: for people whose screen is not tested. */
export async function register(visitor: Visitor): Promise<string> {
  const { page, name, email } = visitor;
  const data = { name, email, password: PASSWORD };
  let answer = await page.request.post('/api/auth/sign-up/email', { data });
  // A busy server answers 503, and may have stored the account nevertheless.
  while (answer.status() === 503) answer = await page.request.post('/api/auth/sign-up/email', { data });
  if (!answer.ok()) await authenticate(visitor);
  return userIdOf(visitor);
}

/** Sets the session cookie by a request: the page finds it and opens signed in. */
export async function authenticate({ page, email }: Visitor): Promise<void> {
  const answer = await page.request.post('/api/auth/sign-in/email', { data: { email, password: PASSWORD } });
  expect(answer.ok()).toBe(true);
}

export async function makeGroup(maker: Visitor, title: string, ...memberIds: string[]): Promise<string> {
  const stream = newGroupStream();
  await push(maker, [{ id: newId(), stream, kind: 'conversation.create', title, memberIds }]);
  return stream;
}

export const messageOps = (stream: string, texts: string[]) => texts.map((text) => sendOp(stream, text));
