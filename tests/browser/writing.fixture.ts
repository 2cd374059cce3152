import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Account, type Visitor, message, openChat, texts } from './browser.fixture.ts';
import { push, rowsOf, sendOp, userIdOf } from './device.fixture.ts';
import { chooseFromMenu } from './expectations.fixture.ts';
import { makeGroup } from './seed.fixture.ts';
import type { Stage } from './stage.fixture.ts';
import { WITH_WORKER } from './worker.fixture.ts';

/** For tests of what somebody writes: Mira's page, and Kai, who answers by requests. */
export interface MiraAndKai {
  mira: Visitor;
  kai: Account;
  miraId: string;
  /** A group of Kai and Mira with these messages of Kai, and the place where it is shown. */
  newChat(...messages: string[]): Promise<Chat>;
}

export interface Chat {
  title: string;
  stream: string;
  place: string;
}

let chats = 0;

/** All tests of a file share Mira's page; each has its own chat. */
export async function miraAndKai(stage: Stage): Promise<MiraAndKai> {
  const mira = await stage.resident('Mira Moss', WITH_WORKER);
  const kai = await stage.account('Kai Kern');
  const miraId = await userIdOf(mira);
  return {
    mira,
    kai,
    miraId,
    async newChat(...messages) {
      const title = `Chat ${(chats += 1)}`;
      const stream = await makeGroup(kai, title, miraId);
      if (messages.length > 0)
        await push(
          kai,
          messages.map((text) => sendOp(stream, text)),
        );
      return { title, stream, place: `/chat/g/${stream.slice(2)}` };
    },
  };
}

/** The field in which a message is written. */
export const box = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true });
export const words = (page: Page) => box(page).inputValue();
export const shows = (page: Page, text: string) => expect.poll(() => words(page)).toBe(text);
export const sees = (page: Page, all: string[]) => expect.poll(() => texts(page)).toEqual(all);

/** From the list, because that costs less than to load the page. */
export async function open(page: Page, { title }: Pick<Chat, 'title'>): Promise<void> {
  await openChat(page, title);
  await box(page).waitFor();
}

/** The texts of all drafts that the device holds. */
export const drafts = async (page: Page) => (await rowsOf<{ text: string }>(page, 'drafts')).map(({ text }) => text);

/** Resolves once the device holds this draft. */
export const held = (page: Page, draft: string) => expect.poll(() => drafts(page)).toContain(draft);

export const editing = (page: Page) => page.getByRole('textbox', { name: 'Edit message' });

export const choose = (page: Page, text: string, action: string) => chooseFromMenu(message(page, text), action);

/** Like some password managers: without an event. */
export const fillSilently = (field: Locator, text: string) =>
  field.evaluate((each, value) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(each, value);
  }, text);

/** Like a slow disk: no write of the page ends before the function to which this resolves is called. */
export async function holdDatabase(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(async () => {
    const name = (await indexedDB.databases()).map((each) => each.name ?? '').find((each) => each.includes('-person-'));
    const opened = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name ?? '');
      request.addEventListener('success', () => resolve(request.result));
    });
    let isHeld = true;
    Object.assign(window, { releaseDatabase: () => (isHeld = false) });
    const store = opened.transaction([...opened.objectStoreNames], 'readwrite').objectStore('outbox');
    const goOn = () => {
      if (isHeld) store.count().addEventListener('success', goOn);
      else opened.close();
    };
    await new Promise((resolve) => {
      store.count().addEventListener('success', () => {
        resolve(undefined);
        goOn();
      });
    });
  });
  return () => page.evaluate(() => (window as unknown as { releaseDatabase: () => void }).releaseDatabase());
}
