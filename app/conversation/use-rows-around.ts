import { useEffect, useState } from 'react';
import { afterFrame } from '#app/ui/after-frame.ts';

/** How many rows are drawn beyond each edge of the screen, so that scrolling finds them there. */
const AROUND = 10;
/** The first frame draws fewer, because somebody is waiting for it, and each frame after it some more, so that none takes long. */
const AT_FIRST = 1;
const MORE = 3;

/** How many rows to draw beyond each edge of the screen. They become more once the list is at its place. */
export function useRowsAround(isPlaced: boolean): number {
  const [around, setAround] = useState(AT_FIRST);
  useEffect(
    () => (isPlaced && around < AROUND ? afterFrame(() => setAround(around + MORE)) : undefined),
    [isPlaced, around],
  );
  return around;
}
