import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expectAccessible } from './expectations.fixture.ts';

/** A folder for pictures of the pages, to look at. */
const pictures = process.env['BROWSER_PICTURES'];

/** Checks this part of the page with axe, and takes a picture if pictures are wanted. */
export async function expectReachable(page: Page, name: string, part = 'html'): Promise<void> {
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true });
    for (const [width, height] of [
      [390, 844],
      [1440, 900],
    ] as const)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: `${pictures}/${name}-${width}-${colorScheme}.png` });
      }
  }
  await expectAccessible(page, name, (axe) => axe.include(part));
}
