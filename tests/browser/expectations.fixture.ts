import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** A dialog or a menu is visible before it takes the focus, and a key that is pressed in between goes elsewhere. */
export const expectFocus = (target: Locator): Promise<void> =>
  expect.poll(() => target.evaluate((element) => element === document.activeElement)).toBe(true);

/** Opens a message's menu with the keyboard and chooses from it. */
export async function chooseFromMenu(of: Locator, item: string): Promise<void> {
  await of.press('Enter');
  await of.page().getByRole('menuitem', { name: item, exact: true }).click();
}

/** Presses the button of the open dialog, and waits until that is gone. */
export async function confirm(page: Page, button: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Resolves when no animation is running: until then texts are half transparent, and boxes are on their way. */
export async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
}

/** Checks the page with axe, which stays in it for the next check. `narrowed` chooses the rules. */
export async function expectAccessible(
  page: Page,
  name: string,
  narrowed: (axe: AxeBuilder) => AxeBuilder = (axe) => axe,
): Promise<void> {
  await atRest(page);
  const source = (await page.evaluate(() => 'axe' in window)) ? { axeSource: ';' } : {};
  // Legacy mode does not open a page for each check. What passes is only counted.
  const axe = new AxeBuilder({ page, ...source }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations, passes } = await narrowed(axe).analyze();
  expect(passes.length).toBeGreaterThan(0);
  const found = violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  expect({ name, found }).toEqual({ name, found: [] });
}

/** Resolves once the history has an entry for each of this many layers, such as dialogs. Before that, Back would leave the page. */
export async function expectLayers(page: Page, layers: number): Promise<void> {
  await expect.poll(() => page.evaluate(() => (history.state as { layer?: number } | null)?.layer ?? 0)).toBe(layers);
}
