import type { Page } from 'playwright-core';

/** Pixels that moved, as a share of the screen; a script of the page adds them up. */
declare global {
  interface Window {
    shifted: number;
  }
}

/** Counts on every page that is opened from now on how much moves without a press. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** The cumulative layout shift of the page until now. */
export async function shifted(page: Page): Promise<number> {
  // The frame in which the last of it is drawn is over two frames later.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page.evaluate(() => window.shifted);
}
