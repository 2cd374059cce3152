import type { Page } from 'playwright-core';

/** Picks files for the chat that is open, and sends them with a text. */
export async function attach(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[], caption = '') {
  await page.locator('input[type=file]').setInputFiles(files);
  const sheet = page.getByRole('dialog', { name: /^Send to/ });
  await sheet.getByRole('textbox', { name: 'Add a text' }).fill(caption);
  await sheet.getByRole('button', { name: /^Send/ }).click();
  await sheet.waitFor({ state: 'hidden' });
}
