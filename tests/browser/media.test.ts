import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { type Visitor, openChat } from './browser.fixture.ts';
import { push } from './device.fixture.ts';
import { DESKTOP, authenticate, makeGroup, messageOps, register } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * Files that are recorded, looked at and listened to.
 */

const stage = setStage();
const people = {} as Record<'ann' | 'bob', Visitor>;
let ann: Visitor;
let bob: Visitor;
beforeAll(async () => {
  people.ann = await stage.visitor('Ann Arbor');
  people.bob = await stage.visitor('Bob Burns');
  const bobId = await register(people.bob);
  await register(people.ann);
  for (const title of ['Voices', 'Elsewhere']) {
    const stream = await makeGroup(people.ann, title, bobId);
    await push(people.ann, messageOps(stream, ['Hello']));
  }
});
beforeEach(async () => {
  [ann, bob] = await Promise.all([opened(people.ann), opened(people.bob)]);
});

async function opened({ name, email }: Visitor): Promise<Visitor> {
  const visitor = { ...(await stage.visitor(name, DESKTOP)), email };
  await authenticate(visitor);
  await visitor.page.goto('/');
  return visitor;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const recorder = (page: Page) => page.locator('form').getByRole('group', { name: 'Voice message' });
const voices = (page: Page) => page.getByRole('feed').getByRole('group', { name: 'Voice message' });

test('a voice message is recorded, paused, listened to and sent; it goes on in another chat, and the next one follows', async () => {
  await Promise.all([openChat(ann.page, 'Voices'), openChat(bob.page, 'Voices')]);
  // Whoever may not use the microphone is told how to allow it.
  await button(bob.page, 'Record a voice message').click();
  await bob.page.getByRole('alert').filter({ hasText: 'Allow it in your browser’s settings' }).waitFor();
  await button(bob.page, 'Close').click();
  await expect.poll(() => bob.page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');

  await ann.context.grantPermissions(['microphone']);
  await button(ann.page, 'Record a voice message').press('Enter');
  await recorder(ann.page).getByText('0:01').waitFor();
  await button(ann.page, 'Pause recording').click();
  await button(ann.page, 'Listen').click();
  // Another chat is opened and this one again: the recording is still there.
  await openChat(ann.page, 'Elsewhere');
  await openChat(ann.page, 'Voices');
  await recorder(ann.page).getByRole('button', { name: 'Send voice message' }).click();
  await recorder(ann.page).waitFor({ state: 'detached' });
  await button(ann.page, 'Record a voice message').click();
  await recorder(ann.page).getByText('0:01').waitFor();
  await button(ann.page, 'Send voice message').click();

  await expect.poll(() => voices(bob.page).count()).toBe(2);
  await voices(bob.page).first().getByRole('button', { name: 'Play' }).click();
  await voices(bob.page).first().getByRole('button', { name: 'Speed 1×' }).click();
  await openChat(bob.page, 'Elsewhere');
  const playing = bob.page.getByRole('group', { name: 'Playing' });
  await playing.getByRole('link', { name: 'Show in chat' }).click();
  await voices(bob.page).last().getByRole('button', { name: 'Speed 1.5×' }).waitFor();
  expect(stage.complaints()).toEqual([]);
});
