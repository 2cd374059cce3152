import { beforeAll, expect, test } from 'vitest';
import { chatPath } from '#protocol/chat-path.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { type Account, entry, follow, openChat } from './browser.fixture.ts';
import { newId, push, sendOp, userIdOf } from './device.fixture.ts';
import { NARROW, expectInside, expectInsideAt, sizes } from './escapes.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { PHONE, authenticate, makeGroup } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

/*
 * Texts that are designed to break a layout: they stay in their bubbles, and the page stays usable.
 */

const stage = setStage();
let ann: Account;
let stream: string;
/** The name of each text and its message. */
let ids: [string, string][];

/** Starts of texts that can't be broken anywhere. */
const unbreakable = ['joiners', 'tower'];
const unbroken = 'W'.repeat(100);
const texts = {
  'combining marks': `marks ${'a\u0323\u0301\u0308'.repeat(1_990)}`.slice(0, 8_000),
  'marks on one letter': `tower H${'\u0301\u0323'.repeat(3_900)}`,
  'overrides of direction': `override ${'\u202E\u2067\u202Dabc '.repeat(900)}`,
  'zero-width joiners': `joiners ${'\u200D'.repeat(3_900)}${'👨\u200D'.repeat(1_300)}`,
  'one word': `word ${'x'.repeat(7_900)}`,
  'deep quotes': `${'>'.repeat(200)} deep quote`,
  'deep quotes on many lines': Array.from({ length: 200 }, (_, at) => `${'> '.repeat(at % 35)}line ${at}`).join('\n'),
  'deep lists': Array.from({ length: 60 }, (_, at) => `${'  '.repeat(at)}- level ${at}`).join('\n'),
  'a link of 5 kB': `https://link.example/${'a'.repeat(5_000)}`,
  'a link under other words': `[other words](https://under.example/${'b'.repeat(5_000)})`,
  'unclosed markup': `unclosed ${'**_~~||`'.repeat(900)}`,
  'an unclosed block': `\`\`\`${'y'.repeat(300)}\n${'z'.repeat(4_000)}`,
  brackets: `brackets ${'['.repeat(3_500)}${']('.repeat(200)}`,
  'only line ends': `lines${'\n'.repeat(2_000)}end`,
} as const;

beforeAll(async () => {
  ann = await stage.account(`Ann ${unbroken}`.slice(0, 100));
  const bob = await stage.account(`Bob \u0489${unbroken}`.slice(0, 100));
  stream = await makeGroup(bob, unbroken.repeat(2), await userIdOf(ann));
  const sent = Object.values(texts).map((text) => ({
    ...sendOp(stream, text.slice(0, 8_000).toWellFormed()),
    id: newId(),
  }));
  await push(bob, sent);
  ids = sent.map(({ id }, at) => [Object.keys(texts)[at] ?? '', id]);
  const replies = sent.map(({ id }, at) => ({ ...sendOp(stream, `reply ${at}`), replyTo: id }));
  await push(ann, replies);
  const poll = { options: [unbroken, `${'\u0301'.repeat(90)}b`, '\u202Eright to left\u202C'] };
  const asked = { ...sendOp(stream, `question ${'q'.repeat(280)}`), id: newId(), poll };
  const pin = { id: newId(), stream, kind: 'message.pin', messageId: sent[4]?.id, on: true };
  await push(bob, [asked, pin, { ...sendOp(stream, texts['combining marks']), id: newId() }]);
});

test('[L4] at 320 and 1440 px, texts that are made to break the layout stay in their bubbles, and in quotes, lists, results and details', async () => {
  const visitor = {
    ...(await stage.visitor('Ann', { ...PHONE, viewport: NARROW })),
    email: ann.email,
  };
  await authenticate(visitor);
  const { page } = visitor;
  const lookAtAll = (where: string) => expectInside(page, where, unbreakable);
  const title = unbroken.repeat(2);
  await page.goto('/');
  await entry(page, title).waitFor();
  await lookAtAll('list');
  await openChat(page, title);
  await page.getByRole('button', { name: 'Pinned message' }).waitFor();
  await lookAtAll('chat');
  for (const size of sizes)
    for (const [name, id] of ids) {
      await follow(page, `${chatPath(stream as ConversationId)}?message=${id}`);
      await page.locator(`[data-message="${id}"]`).waitFor();
      await expectInsideAt(page, size, name, unbreakable);
    }
  // The page still answers.
  await chooseFromMenu(page.locator(`[data-message="${ids.at(-1)?.[1]}"]`), 'Reply');
  await lookAtAll('reply');
  const field = page.getByRole('textbox', { name: /^Message/ });
  await field.fill(texts['deep quotes']);
  await expect.poll(() => field.inputValue()).toBe(texts['deep quotes']);
  await lookAtAll('composer');
  await field.fill('');
  await page.getByRole('button', { name: 'Search in this chat' }).first().click();
  await page.getByRole('dialog').getByRole('combobox').fill('marks');
  await page.getByRole('option').first().waitFor();
  await lookAtAll('results');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const details = page.getByRole('region', { name: 'Details' });
  await page.getByRole('button', { name: 'Show details' }).last().click();
  await details.getByRole('heading', { name: /^People/ }).waitFor();
  await lookAtAll('details');
  expect(stage.complaints()).toEqual([]);
});
