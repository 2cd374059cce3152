import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectTexts,
  message,
  openBrowser,
  openChat,
  openVisitor,
  signUp,
  startDirect,
  write,
} from './browser.fixture.ts';
import { type Link, openLink } from './link.fixture.ts';
import { type ServerProcess, startServerProcess } from './server-process.fixture.ts';

let server: ServerProcess;
let browser: Browser;
let link: Link;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServerProcess(), openBrowser()]);
  link = await openLink(server.port);
});
afterAll(async () => {
  await browser.close();
  await link.close();
  await server.close();
});

test('[AP1] [AP2] [AP3] [ask 5] the server is killed between commit and answer: the message is there exactly once', async () => {
  const ann = await openVisitor(browser, link.origin, 'Ann Arbor');
  const bob = await openVisitor(browser, server.origin, 'Bob Burns');
  await signUp(ann);
  await signUp(bob);
  await startDirect(ann, 'Bob Burns');
  await write(ann.page, 'before');
  await message(ann.page, 'before', 'Sent|Delivered').waitFor();
  await openChat(bob.page, 'Ann Arbor');
  await message(ann.page, 'before', 'Read').waitFor();

  // Ann's answers are kept back on the way. What Bob sees is committed: now the server dies.
  link.holdAnswers();
  await write(ann.page, 'exactly once');
  await expectTexts(bob.page, ['before', 'exactly once']);
  await message(ann.page, 'exactly once', 'Waiting|Sending').waitFor();
  await server.end('SIGKILL');
  link.dropHeld();
  await server.start();

  await message(ann.page, 'exactly once', 'Sent|Delivered|Read').waitFor();
  await write(ann.page, 'after');
  await message(ann.page, 'after', 'Sent|Delivered|Read').waitFor();
  await expectTexts(ann.page, ['before', 'exactly once', 'after']);
  await expectTexts(bob.page, ['before', 'exactly once', 'after']);
  const stored = await bob.page.request.post('/api/sync/history', {
    data: { stream: `d:${ann.page.url().split('/').slice(-2).join('.')}` },
  });
  const { records } = (await stored.json()) as { records: { text: string; seq: number }[] };
  expect(records.map(({ text, seq }) => [seq, text])).toEqual([
    [1, 'before'],
    [2, 'exactly once'],
    [3, 'after'],
  ]);
});
