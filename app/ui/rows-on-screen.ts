import type { Range } from './roving.ts';

/** How many rows beyond the screen are in the page, so that a quick scroll shows no blank space. */
const OVERSCAN = 8;

/** The visible ones of `count` rows of equal height, if the screen starts `top` pixels below the first one. */
export function rowsOnScreen(screen: { top: number; height: number }, rowHeight: number, count: number): Range {
  const last = Math.max(0, count - 1);
  const at = (pixels: number) => Math.min(last, Math.max(0, Math.floor(pixels / rowHeight)));
  return { startIndex: at(screen.top), endIndex: at(screen.top + screen.height - 1), overscan: OVERSCAN, count };
}

/** Where the screen has to start so that a row is fully visible, moved as little as possible. */
export function topToShow(index: number, screen: { top: number; height: number }, rowHeight: number): number {
  const start = index * rowHeight;
  return Math.min(start, Math.max(screen.top, start + rowHeight - screen.height));
}
