import { expect, test } from 'vitest';
import { entry, message, openChat, signIn } from './browser.fixture.ts';
import { newId, push } from './device.fixture.ts';
import { chatBetween } from './list.fixture.ts';
import { DESKTOP, messageOps } from './seed.fixture.ts';
import { setStage } from './stage.fixture.ts';

const stage = setStage();

/**
 * Replaces every text of the page by elements with its words, now and after each change, like a translation by the browser.
 * Records the texts that React would change or remove by themselves: it throws, or its change is lost, once they are replaced.
 */
function translatePage(): void {
  const losable: string[] = [];
  Object.assign(window, { losable });
  const translate = (): void => {
    const walker = document.createTreeWalker(document.querySelector('body') ?? document, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (walker.nextNode() !== null) found.push(walker.currentNode as Text);
    for (const text of found) {
      if (text.parentElement === null || text.parentElement.closest('[data-translated], script, style, textarea'))
        continue;
      // React knows only those texts as nodes that stand beside others; the rest are the content of their elements.
      if (Object.keys(text).some((key) => key.startsWith('__react'))) losable.push(text.data);
      const [outer, inner] = [document.createElement('span'), document.createElement('span')];
      outer.dataset['translated'] = '';
      inner.textContent = text.data;
      outer.append(inner);
      text.replaceWith(outer);
    }
  };
  new MutationObserver(translate).observe(document, { subtree: true, childList: true, characterData: true });
}

test('a page that the browser translates keeps working, and its texts keep changing', async () => {
  const [reader, writer] = [await stage.account('Ann Arbor'), await stage.account('Bob Burns')];
  const { stream } = await chatBetween(reader, writer, 'Lighthouse', 0);
  const [first, second] = messageOps(stream, ['see https://one.example/a now', 'delete me']) as { id: string }[];
  await push(writer, [first ?? {}, second ?? {}]);
  const visitor = { ...(await stage.visitor(reader.name, DESKTOP)), email: reader.email };
  const { page, context } = visitor;
  await page.addInitScript(translatePage);
  await page.goto('/sign-up');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await signIn(visitor);
  const line = entry(page, 'Lighthouse');
  await line.getByText('delete me').waitFor();
  await openChat(page, 'Lighthouse');
  await page.getByText('2 new messages').waitFor();
  const edited = { id: newId(), stream, kind: 'message.edit', messageId: first?.id, text: 'at https://two.example/b' };
  await push(writer, [edited, { id: newId(), stream, kind: 'message.delete', messageId: second?.id }]);
  await page.getByRole('link', { name: 'https://two.example/b' }).waitFor();
  await message(page, 'at https://two.example/b.*').getByText('edited').waitFor();
  await line.getByText('deleted').waitFor();
  const details = page
    .getByRole('complementary')
    .or(page.getByRole('region', { name: 'Details' }))
    .first();
  for (const name of ['Pin', 'Unpin', 'Archive', 'Unarchive'])
    await details.getByRole('button', { name, exact: true }).click();
  await details.getByRole('button', { name: 'Mute' }).click();
  await page.getByRole('menuitem', { name: 'For 1 hour' }).click();
  await details.getByRole('button', { name: 'Unmute' }).click();
  await context.setOffline(true);
  await page.getByText('Offline').first().waitFor();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('from the tunnel');
  await line.getByText('Draft').waitFor();
  await page.keyboard.press('Enter');
  await line.getByText('from the tunnel').waitFor();
  await context.setOffline(false);
  await message(page, 'from the tunnel', 'Sent|Delivered').waitFor();
  await page.getByRole('button', { name: 'New chat' }).first().click();
  await page.getByRole('searchbox', { name: 'Name or email' }).fill('Bob');
  await page
    .getByRole('list', { name: 'People' })
    .getByRole('button', { name: /Bob Burns/ })
    .first()
    .click();
  await page.getByRole('link', { name: 'Settings' }).click();
  await page
    .getByText('German', { exact: true })
    .or(page.getByText('Deutsch', { exact: true }))
    .first()
    .click();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  expect(await page.evaluate(() => (window as unknown as { losable: string[] }).losable)).toEqual([]);
  expect(visitor.complaints).toEqual([]);
});
