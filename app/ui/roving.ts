import type { KeyboardEvent } from 'react';

/** The index to which an arrow, Home, End or Page key leads from `from` in a list of `count`; undefined for every other key. [A4] */
export function rovingTarget(event: Pick<KeyboardEvent, 'key'>, from: number, count: number): number | undefined {
  if (count === 0) return undefined;
  const clamp = (to: number) => Math.min(count - 1, Math.max(0, to));
  switch (event.key) {
    case 'ArrowDown':
      return clamp(from + 1);
    case 'ArrowUp':
      return clamp(from - 1);
    case 'PageDown':
      return clamp(from + 10);
    case 'PageUp':
      return clamp(from - 10);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

export interface Range {
  startIndex: number;
  endIndex: number;
  overscan: number;
  count: number;
}

/**
 * The rendered indices of a long list: those near the screen, and others that must be in the page, such as the tab stop, which Tab
 * must find after scrolling too. [A4]
 */
export function drawnWith(others: readonly number[], { startIndex, endIndex, overscan, count }: Range): number[] {
  const first = Math.max(0, startIndex - overscan);
  const last = Math.min(count - 1, endIndex + overscan);
  const drawn = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const more = new Set(others.filter((at) => at >= 0 && at < count && (at < first || at > last)));
  return more.size === 0 ? drawn : [...drawn, ...more].toSorted((a, b) => a - b);
}
