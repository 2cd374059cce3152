import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Visitor, PASSWORD, entry, follow, openChat } from './browser.fixture.ts';
import { newId, push, rowsOf, sendOp, storedTexts } from './device.fixture.ts';
import { confirm, expectFocus } from './expectations.fixture.ts';
import { PHONE, authenticate } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';
import { storedFiles } from './stored-files.fixture.ts';
import { workerReady, WITH_WORKER } from './worker.fixture.ts';
import {
  type Chat,
  type MiraAndKai,
  box,
  choose,
  drafts,
  editing,
  fillSilently,
  held,
  holdDatabase,
  miraAndKai,
  open,
  sees,
  shows,
} from './writing.fixture.ts';

/*
 * What somebody has not finished, such as a draft, an edit or a reply: it survives a page that is closed and a chat that is left, until
 * it is sent, given up or lost with a sign-out, which says so. All cases share one person's page and another person's requests; each
 * case has its own chat.
 */

const stage = setStage();
let mira: Visitor;
let kai: Account;
let miraId: string;
let newChat: MiraAndKai['newChat'];

beforeAll(async () => {
  ({ mira, kai, miraId, newChat } = await miraAndKai(stage));
});

/** The keys of texts that are kept until the database has them. */
const unsaved = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('unsaved')));

/** The message that is being replied to in this chat, as the device keeps it. */
const keptReply = async (page: Page, { stream }: Chat) => {
  const [rows = []] = await storedFiles(page, ['replies']);
  return (rows as { stream: string; to: string }[]).find((row) => row.stream === stream)?.to;
};

describe('drafts', () => {
  test('[C2] [ask 4] what was typed, or cleared, just before a reload is kept, and what is typed without a pause is saved meanwhile', async () => {
    const { page } = mira;
    await open(page, await newChat());
    await box(page).fill('see you');
    // One that cannot be read does not keep the app from opening.
    await page.evaluate((id) => localStorage.setItem(`unsaved-draft ${id} d:a.b other`, '{'), miraId);
    await page.reload();
    await shows(page, 'see you');
    await box(page).fill('');
    await page.reload();
    await expect.poll(() => drafts(page)).not.toContain('see you');
    await shows(page, '');
    const isPartSaved = async () =>
      (await drafts(page)).some((text) => text !== '' && 'typed without any'.startsWith(text));
    const typing = box(page).pressSequentially('typed without any pause', { delay: 100 });
    await expect.poll(isPartSaved, { interval: 100 }).toBe(true);
    await typing;
    await page.reload();
    await shows(page, 'typed without any pause');
    await held(page, 'typed without any pause');
    await expect.poll(() => unsaved(page)).toEqual([]);

    // A draft that was typed over does not come back after its successor was sent.
    await box(page).press('ControlOrMeta+a');
    await box(page).pressSequentially('ok');
    await box(page).press('Enter');
    await sees(page, ['ok']);
    await expect.poll(() => drafts(page)).not.toContain('typed without any pause');
    await shows(page, '');
    await page.reload();
    await sees(page, ['ok']);
    await shows(page, '');
  });

  test('[CL1] [C2] when a page is closed while a text is being stored, the text is a draft or a message afterwards, never both', async () => {
    const { page } = mira;
    const chat = await newChat();
    await open(page, chat);
    // With the draft saved or not, and with or without something typed since.
    for (const [saved, sent, since] of [
      ['see you', 'see you', ''],
      ['', 'see you at six', ''],
      ['see', 'see you', 'ok'],
    ] as const) {
      await box(page).fill(saved);
      if (saved !== '') await held(page, saved);
      const release = await holdDatabase(page);
      await box(page).fill(sent);
      await box(page).press('Enter');
      if (since !== '') await box(page).fill(sent + since);
      // The reload ends the transactions that wait, so nothing of them is stored.
      await Promise.all([page.waitForEvent('load'), page.evaluate(() => location.reload())]);
      void release;
      await shows(page, sent + since);
      await box(page).fill('');
      await expect.poll(() => drafts(page)).not.toContain(sent + since);
    }
    await sees(page, []);

    // Here the text is stored, but the page is closed before it knows that. The next page finds what this one has kept.
    const unsaved = () =>
      page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('unsaved')));
    const release = await holdDatabase(page);
    await box(page).fill('until six');
    await box(page).press('Enter');
    await box(page).fill('until six, ok');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    const kept = await unsaved();
    expect(kept).toHaveLength(1);
    await release();
    await sees(page, ['until six']);
    await held(page, ', ok');
    await expect.poll(unsaved).toEqual([]);
    await page.evaluate((all) => Object.assign(localStorage, Object.fromEntries(all)), kept);
    await page.reload();
    await sees(page, ['until six']);
    await shows(page, ', ok');
    await expect.poll(unsaved).toEqual([]);
    expect(await drafts(page)).not.toContain('until six, ok');
    await box(page).fill('');
    expect(await storedTexts(kai, chat.stream)).toEqual(['until six']);
  });
});

describe('an edit under way', () => {
  test('it survives Escape and a reload, shows another device’s edit of the message, and Enter saves it; when the message is deleted, it and the reply banner stay and say so', async () => {
    const chat = await newChat();
    const { stream } = chat;
    const { page } = mira;
    const sent = sendOp(stream, 'door code 1234') as { id: string };
    await push(mira, [sent]);
    await open(page, chat);
    await sees(page, ['door code 1234']);
    await choose(page, 'door code 1234', 'Edit');
    await editing(page).fill('door code 5678');
    await page.keyboard.press('Escape');
    await page.getByRole('group', { name: 'Unfinished edit' }).getByText('door code 5678').waitFor();
    await page.reload();
    await page.getByRole('group', { name: 'Unfinished edit' }).getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => editing(page).inputValue()).toBe('door code 5678');
    // Back leads out of the chat, and loses nothing of what was typed until then.
    await editing(page).fill('door code 5678, twice');
    await page.goBack();
    await editing(page).waitFor({ state: 'detached' });
    await follow(page, chat.place);
    const unfinished = page.getByRole('group', { name: 'Unfinished edit' });
    await unfinished.getByText('door code 5678, twice').waitFor();
    await unfinished.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => editing(page).inputValue()).toBe('door code 5678, twice');
    // What was typed just before a reload is kept until the device has it.
    await editing(page).fill('door code 5678, three times');
    await page.reload();
    await unfinished.getByText('door code 5678, three times').waitFor();
    await expect.poll(() => unsaved(page)).toEqual([]);
    await unfinished.getByRole('button', { name: 'Continue' }).click();
    await editing(page).fill('door code 5678');
    await push(mira, [{ id: newId(), stream, kind: 'message.edit', messageId: sent.id, text: 'ask the porter' }]);
    await page.getByRole('dialog').getByText('ask the porter').waitFor();
    await editing(page).press('Enter');
    await sees(page, ['door code 5678']);
    await page.getByRole('group', { name: 'Unfinished edit' }).waitFor({ state: 'detached' });

    const [own, theirs] = [sendOp(stream, 'my own') as { id: string }, sendOp(stream, 'the secret') as { id: string }];
    await push(mira, [own]);
    await push(kai, [theirs]);
    await sees(page, ['door code 5678', 'my own', 'the secret']);
    await choose(page, 'the secret', 'Reply');
    const banner = page.getByRole('group', { name: 'Reply to Kai Kern' });
    await banner.getByText('the secret').waitFor();
    await push(kai, [{ id: newId(), stream, kind: 'message.edit', messageId: theirs.id, text: 'the other secret' }]);
    await banner.getByText('the other secret').waitFor();
    await push(kai, [{ id: newId(), stream, kind: 'message.delete', messageId: theirs.id }]);
    await banner.getByText('Message deleted').waitFor();

    await choose(page, 'my own', 'Edit');
    await editing(page).fill('many good words');
    await push(mira, [{ id: newId(), stream, kind: 'message.delete', messageId: own.id }]);
    const dialog = page.getByRole('dialog');
    await dialog.getByText('This message was deleted').waitFor();
    await dialog.getByRole('button', { name: 'Copy text' }).waitFor();
    expect(await editing(page).inputValue()).toBe('many good words');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('group', { name: 'Unfinished edit' }).getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('group', { name: 'Unfinished edit' }).waitFor({ state: 'detached' });
  });
});

describe('a reply', () => {
  const reply = (page: Page) => page.getByRole('group', { name: 'Reply to Kai Kern' });
  /** What is quoted above the field in the first frame in which the field has this text. */
  const firstQuoteWith = (page: Page, draft: string) =>
    page.evaluate(
      (wanted) =>
        new Promise<string>((resolve) => {
          const look = () => {
            const field = document.querySelector<HTMLTextAreaElement>('form textarea');
            if (field?.value !== wanted) return requestAnimationFrame(look);
            return resolve(document.querySelector<HTMLElement>('[aria-label="Reply to Kai Kern"]')?.innerText ?? '');
          };
          look();
        }),
      draft,
    );

  test('[CL14] it has its quote again when its chat is opened again and after a reload, and is sent with it', async () => {
    const [chat, other] = [await newChat('shall we meet?', 'did you pay?'), await newChat()];
    const { page } = mira;
    await open(page, chat);
    await choose(page, 'shall we meet?', 'Reply');
    await box(page).fill('yes');
    await open(page, other);
    await shows(page, '');
    await open(page, chat);
    await reply(page).getByText('shall we meet?').waitFor();
    await page.reload();
    await reply(page).getByText('shall we meet?').waitFor();
    await shows(page, 'yes');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await reply(page).waitFor({ state: 'detached' });
    await expect.poll(() => keptReply(page, chat)).toBeUndefined();
    await expect.poll(() => storedTexts(kai, chat.stream)).toContain('yes');
    const stored = await kai.page.request.post('/api/sync/history', { data: { stream: chat.stream } });
    const { records } = (await stored.json()) as { records: { id: string; replyTo?: string }[] };
    expect(records.at(-1)?.replyTo).toBe(records.at(0)?.id);
  });

  test('[CL14] its quote is drawn in the same frame as the draft', async () => {
    const [chat, other] = [await newChat('shall we meet?'), await newChat()];
    const { page } = mira;
    await open(page, chat);
    await choose(page, 'shall we meet?', 'Reply');
    await box(page).fill('in one frame');
    await held(page, 'in one frame');
    await expect.poll(() => keptReply(page, chat)).toBeDefined();
    // They are read from two databases at the same time, so on a busy machine one may be late.
    let quote = '';
    for (let opened = 0; opened < 10 && quote === ''; opened += 1) {
      await open(page, other);
      await shows(page, '');
      [quote] = await Promise.all([firstQuoteWith(page, 'in one frame'), open(page, chat)]);
    }
    expect(quote).toContain('shall we meet?');
    await reply(page).waitFor();
    await box(page).press('Escape');
    await box(page).fill('');
  });

  test('[CL14] it is not offered again once it is cancelled, scheduled, or its message was deleted while the chat was closed', async () => {
    const [chat, other] = [await newChat('did you pay?'), await newChat()];
    const secret = sendOp(chat.stream, 'the secret') as { id: string };
    await push(kai, [secret]);
    const { page } = mira;
    await open(page, chat);
    await choose(page, 'did you pay?', 'Reply');
    await expect.poll(() => keptReply(page, chat)).toBeDefined();
    await box(page).press('Escape');
    await expect.poll(() => keptReply(page, chat)).toBeUndefined();

    await choose(page, 'did you pay?', 'Reply');
    await box(page).fill('tomorrow');
    await page.getByRole('button', { name: 'Send later' }).click();
    await page.getByRole('menu', { name: 'Schedule' }).getByRole('menuitem').first().click();
    await shows(page, '');
    await reply(page).waitFor({ state: 'detached' });
    await expect.poll(() => keptReply(page, chat)).toBeUndefined();

    await choose(page, 'the secret', 'Reply');
    await expect.poll(() => keptReply(page, chat)).toBe(secret.id);
    await open(page, other);
    await push(kai, [{ id: newId(), stream: chat.stream, kind: 'message.delete', messageId: secret.id }]);
    await open(page, chat);
    await expect.poll(() => keptReply(page, chat)).toBeUndefined();
    await reply(page).waitFor({ state: 'detached' });
  });

  test('[CL14] on a phone it has its quote again after Back, without the keyboard over the messages', async () => {
    const chat = await newChat('shall we meet?');
    const phone = { ...(await stage.visitor('Mira Moss', PHONE)), email: mira.email };
    await authenticate(phone);
    const { page } = phone;
    await page.goto('/');
    await open(page, chat);
    await choose(page, 'shall we meet?', 'Reply');
    await expectFocus(box(page));
    await page.goBack();
    await box(page).waitFor({ state: 'detached' });
    await open(page, chat);
    await reply(page).getByText('shall we meet?').waitFor();
    expect(await box(page).evaluate((field) => field === document.activeElement)).toBe(false);
  });
});

describe('somebody who is removed', () => {
  test('[CL4] keeps the messages that they could read and their draft, with the reason, in the list and after a reload', async () => {
    const chat = await newChat('read before');
    const { title, stream } = chat;
    const { page } = mira;
    await open(page, chat);
    await sees(page, ['read before']);
    await workerReady(mira);
    await mira.context.setOffline(true);
    await box(page).fill('never sent');
    await box(page).press('Enter');
    await box(page).fill('two hundred words');
    await held(page, 'two hundred words');
    await push(kai, [{ id: newId(), stream, kind: 'member.remove', userId: miraId }]);
    await mira.context.setOffline(false);
    await page.getByText('Kai Kern removed you from this group.').waitFor();
    await page.getByText('Not sent: you’re no longer in this group').waitFor();
    await page.reload();
    await page.getByText('Kai Kern removed you from this group.').waitFor();
    await sees(page, ['read before', 'never sent']);
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    const writing = page.getByRole('group', { name: 'You were writing:' });
    await writing.getByText('two hundred words').waitFor();
    // Both can be copied, and given up.
    const notSent = page.getByRole('group', { name: 'Not sent' });
    for (const words of [writing, notSent])
      expect(await words.getByRole('button').allInnerTexts()).toEqual(['Copy', 'Discard']);
    await notSent.getByRole('button', { name: 'Discard' }).click();
    await sees(page, ['read before']);
    expect(await entry(page, title).count()).toBe(1);
    // The draft and the messages are nowhere else for them, so removing them is a question that names them.
    await page.getByRole('button', { name: 'Remove from this device' }).click();
    const question = page.getByRole('dialog', { name: `Remove ${title} from this device?` });
    await question.getByText('1 draft is on this device only and will be lost.').waitFor();
    await question.getByText('its messages can’t be fetched again').waitFor();
    expect(await question.getByRole('listitem').allInnerTexts()).toEqual([expect.stringMatching(/two hundred words/)]);
    await confirm(page, 'Cancel');
    await sees(page, ['read before']);
    await writing.getByText('two hundred words').waitFor();
    await page.getByRole('button', { name: 'Remove from this device' }).click();
    await confirm(page, 'Remove from this device');
    await entry(page, title).waitFor({ state: 'detached' });
  });

  test('[CL4] removes with the chat the poll, the reply and the edit that they had not finished there', async () => {
    const chat = await newChat('shall we meet?');
    const { title, stream } = chat;
    const { page } = mira;
    await push(mira, [sendOp(stream, 'my own')]);
    await open(page, chat);
    await sees(page, ['shall we meet?', 'my own']);
    await choose(page, 'my own', 'Edit');
    await editing(page).fill('my own, better');
    await page.keyboard.press('Escape');
    // The field gives the focus back when it closes.
    await page.getByRole('group', { name: 'Unfinished edit' }).waitFor();
    await choose(page, 'shall we meet?', 'Reply');
    await page.getByRole('button', { name: 'Attach' }).click();
    await page.getByRole('menuitem', { name: 'Poll' }).click();
    await page.getByRole('dialog', { name: 'New poll' }).getByLabel('Question').fill('When?');
    await page.keyboard.press('Escape');
    const unfinished = async () => {
      const [polls = [], replies = []] = await storedFiles(page, ['polls', 'replies']);
      const rows = [...polls, ...replies, ...(await rowsOf<object>(page, 'edits'))] as { stream: string }[];
      return rows.filter((row) => row.stream === stream).length;
    };
    await expect.poll(unfinished).toBe(3);
    await push(kai, [{ id: newId(), stream, kind: 'member.remove', userId: miraId }]);
    await page.getByRole('button', { name: 'Remove from this device' }).click();
    const question = page.getByRole('dialog', { name: `Remove ${title} from this device?` });
    await question.getByText('1 unfinished edit will be lost.').waitFor();
    await question.getByText('1 unfinished poll will be lost.').waitFor();
    expect(await question.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/my own, better/),
      expect.stringMatching(/When\?/),
    ]);
    await confirm(page, 'Remove from this device');
    await entry(page, title).waitFor({ state: 'detached' });
    await expect.poll(unfinished).toBe(0);
  });
});

test('signing out lists the texts that it loses, says that files are lost, and leaves neither address nor title to the next person', async () => {
  const { title } = await newChat();
  const other = { ...(await stage.visitor('Mira Moss', WITH_WORKER)), email: mira.email };
  await authenticate(other);
  const { page } = other;
  await page.goto('/');
  await openChat(page, title);
  await workerReady(other);
  await other.context.setOffline(true);
  await box(page).fill('sent in the tunnel');
  await box(page).press('Enter');
  await sees(page, ['sent in the tunnel']);
  await box(page).fill('begun in the tunnel');
  await held(page, 'begun in the tunnel');
  const file = { name: 'ticket.txt', mimeType: 'text/plain', buffer: Buffer.from('platform 2') };
  await page.locator('input[type=file]').setInputFiles(file);
  await expect.poll(async () => (await storedFiles(page, ['sheets']))[0]).toHaveLength(1);
  await page.reload();
  await page.getByRole('group', { name: 'Unsent files' }).waitFor();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).press('Enter');
  const lost = page.getByRole('dialog').getByRole('listitem');
  await lost.nth(1).waitFor();
  await page.getByText('Files or a recording that you haven’t sent will be lost.').waitFor();
  expect(await lost.allInnerTexts()).toEqual([
    expect.stringMatching(new RegExp(`${title}.*sent in the tunnel`, 's')),
    expect.stringMatching(new RegExp(`${title}.*begun in the tunnel`, 's')),
  ]);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out anyway' }).click();
  await page.getByRole('heading', { name: 'Sign in to TeamLink' }).waitFor();
  await expect
    .poll(async () => [new URL(page.url()).pathname, await page.title()])
    .toEqual(['/', 'Sign in – TeamLink']);
  await other.context.setOffline(false);
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  const before = await button.boundingBox();
  await fillSilently(page.getByLabel('Email', { exact: true }), kai.email);
  await fillSilently(page.getByLabel('Password', { exact: true }), 'not the password');
  await button.click();
  await page
    .getByRole('alert')
    .filter({ hasText: /password/i })
    .waitFor();
  expect(await button.boundingBox()).toEqual(before);
  await fillSilently(page.getByLabel('Password', { exact: true }), PASSWORD);
  await button.click();
  await page.getByRole('link', { name: 'Settings' }).waitFor();
  await entry(page, title).waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
  // A direct chat between two other people is not found.
  await page.goto(`/chat/d/${[miraId, 'somebody-else'].toSorted().join('/')}`);
  await page.getByText('This chat isn’t on this device').first().waitFor();
  expect(await box(page).count()).toBe(0);
});
