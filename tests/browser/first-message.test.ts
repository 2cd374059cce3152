import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Visitor,
  entry,
  expectTexts,
  message,
  openBrowser,
  openChat,
  openVisitor,
  signUp,
  startDirect,
  write,
} from './browser.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

let server: ServerProcess;
let browser: Browser;
const visitors: Visitor[] = [];
const visit = async (name: string) => {
  const visitor = await openVisitor(browser, server.origin, name);
  visitors.push(visitor);
  return visitor;
};

beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess(), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

test('[LV3] [RD2] two people sign up, start a direct chat, and messages arrive live both ways with their state', async () => {
  const [ann, bob] = [await visit('Ann Arbor'), await visit('Bob Burns')];
  await signUp(ann);
  await signUp(bob);
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'Hello Bob');
  await message(ann.page, 'Hello Bob', 'Sent|Delivered').waitFor();

  await entry(bob.page, 'Ann Arbor').getByText('1 unread message').waitFor();
  await message(ann.page, 'Hello Bob', 'Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await expectTexts(bob.page, ['Hello Bob']);
  await message(ann.page, 'Hello Bob', 'Read').waitFor();
  expect(await entry(bob.page, 'Ann Arbor').getByText('unread').count()).toBe(0);

  await write(bob.page, 'Hello Ann');
  await write(bob.page, 'How are you?');
  await expectTexts(ann.page, ['Hello Bob', 'Hello Ann', 'How are you?']);
  await write(ann.page, 'Fine');
  await expectTexts(bob.page, ['Hello Bob', 'Hello Ann', 'How are you?', 'Fine']);
  expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
});
