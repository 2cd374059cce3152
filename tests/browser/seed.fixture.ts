import type { BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { groupStream, uuidV7 } from '#protocol/ids.ts';
import { PASSWORD, type Visitor } from './browser.fixture.ts';

export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1440, height: 900 } };

export const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));

/** Straight to the server, as a fast client of that person would. */
export async function push({ page }: Visitor, ...ops: object[]): Promise<void> {
  for (let at = 0; at < ops.length; at += 100) {
    const answer = await page.request.post('/api/sync/push', { data: { ops: ops.slice(at, at + 100) } });
    const { results } = (await answer.json()) as { results: { ok: boolean }[] };
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
  }
}

/** An account without the page: for people whose screen nobody looks at. */
export async function register(visitor: Visitor): Promise<string> {
  const { page, name, email } = visitor;
  await page.request.post('/api/auth/sign-up/email', { data: { name, email, password: PASSWORD } });
  return userIdOf(visitor);
}

export async function userIdOf({ page }: Visitor): Promise<string> {
  const answer = await page.request.get('/api/auth/get-session');
  return ((await answer.json()) as { user: { id: string } }).user.id;
}

/** The cookie alone: the page finds it and opens signed in. */
export async function enter({ page, email }: Visitor): Promise<void> {
  const answer = await page.request.post('/api/auth/sign-in/email', { data: { email, password: PASSWORD } });
  expect(answer.ok()).toBe(true);
}

export async function makeGroup(maker: Visitor, title: string, ...memberIds: string[]): Promise<string> {
  const stream = groupStream(newId());
  await push(maker, { id: newId(), stream, kind: 'conversation.create', title, memberIds });
  return stream;
}

export const sends = (stream: string, texts: string[]) =>
  texts.map((text) => ({ id: newId(), stream, kind: 'message.send', sentAt: new Date().toISOString(), text }));
