import { useEffect, useState } from 'react';
import { afterFrame } from '#app/ui/after-frame.ts';

/** How many rows are drawn beyond each edge of the screen, so that scrolling finds them there. */
const AROUND = 10;
/** The first frame draws fewer, because somebody is waiting for it. */
const AT_FIRST = 2;

/** How many rows to draw beyond each edge of the screen, once there are rows. */
export function useRowsAround(isFilled: boolean): number {
  const [around, setAround] = useState(AT_FIRST);
  useEffect(() => (isFilled ? afterFrame(() => setAround(AROUND)) : undefined), [isFilled]);
  return around;
}
