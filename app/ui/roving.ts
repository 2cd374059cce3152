import type { KeyboardEvent } from 'react';

/** Where an arrow, Home, End or Page key leads in a list of `count` from `from`; undefined for every other key. [A4] */
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
