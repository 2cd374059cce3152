import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { atRest } from './expectations.fixture.ts';

export const NARROW = { width: 320, height: 640 };
export const sizes = [{ width: 1440, height: 900 }, NARROW];

/**
 * Checks all sizes in one page, because resizing costs less than opening another page. `unbreakable`: starts of texts that no
 * bubble can break.
 */
export async function expectInside(page: Page, where: string, unbreakable: readonly string[] = []): Promise<void> {
  for (const size of sizes) await expectInsideAt(page, size, where, unbreakable);
}

export async function expectInsideAt(
  page: Page,
  size: { width: number; height: number },
  where: string,
  unbreakable: readonly string[],
): Promise<void> {
  await resize(page, size);
  const looked = `${where} at ${size.width} px`;
  const escapes = async () => {
    await atRest(page);
    return [looked, ...(await escapesOf(page, unbreakable))];
  };
  await expect.poll(escapes).toEqual([looked]);
}

async function resize(page: Page, size: { width: number; height: number }): Promise<void> {
  await page.setViewportSize(size);
  // What follows the width in scripts is drawn anew in the next frames.
  await page.evaluate(async () => {
    for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

/**
 * Elements that extend beyond the page, their message, row or dialog without being cut off there, and bubbles that cut off more
 * than `unbreakable`.
 */
const escapesOf = (page: Page, unbreakable: readonly string[]) =>
  page.evaluate((whole) => {
    const root = document.documentElement;
    const wide = root.clientWidth;
    const found = root.scrollWidth > wide ? [`the page by ${root.scrollWidth - wide}`] : [];
    const cuts = (element: Element) => getComputedStyle(element).overflowX !== 'visible';
    for (const part of document.querySelectorAll<HTMLElement>('body *')) {
      // The button of a message's menu is beside its bubble.
      if (!part.checkVisibility() || part.closest('[aria-haspopup=menu]') !== null) continue;
      const { left, right, width } = part.getBoundingClientRect();
      const home = part.closest('article, nav a, [role=dialog], aside, main');
      if (width <= 1 || home === null) continue;
      let parent = part.parentElement;
      while (parent !== null && parent !== home && !cuts(parent)) parent = parent.parentElement;
      const box = home.getBoundingClientRect();
      if (parent === home && (left < box.left - 1 || right > box.right + 1))
        found.push(`${part.tagName} ${part.className} ${part.textContent.slice(0, 20)}`);
    }
    for (const bubble of document.querySelectorAll<HTMLElement>('[data-bubble]')) {
      const isWhole = whole.some((start) => bubble.textContent.includes(start));
      if (bubble.scrollWidth > bubble.clientWidth + 1 && !isWhole)
        found.push(`cut off: ${bubble.textContent.slice(0, 40)}`);
    }
    return [...new Set(found)];
  }, unbreakable);
