import type { Range } from './roving.ts';

/** Rows beyond the screen that are in the page too, so that a quick scroll shows no blank. */
const OVERSCAN = 8;

/** The rows of equal height, of `count`, that the screen shows when it begins `top` pixels below the first one. */
export function rowsOnScreen(screen: { top: number; height: number }, rowHeight: number, count: number): Range {
  const last = Math.max(0, count - 1);
  const at = (pixels: number) => Math.min(last, Math.max(0, Math.floor(pixels / rowHeight)));
  return { startIndex: at(screen.top), endIndex: at(screen.top + screen.height - 1), overscan: OVERSCAN, count };
}

/** Where the screen has to begin so that a row is wholly on it, moved as little as possible. */
export function topToShow(index: number, screen: { top: number; height: number }, rowHeight: number): number {
  const start = index * rowHeight;
  return Math.min(start, Math.max(screen.top, start + rowHeight - screen.height));
}
