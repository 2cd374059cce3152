import { useEffect, useState } from 'react';
import { afterFrame } from '#app/ui/after-frame.ts';

/** How many rows are drawn beyond each edge of the screen, so that scrolling finds them there. */
const AROUND = 10;
/** The first frame, for which somebody waits, draws fewer; the others follow after it in pieces. */
const AT_FIRST = 2;
const PIECE = 4;

/** How many rows to draw beyond each edge of the screen, once there are rows. */
export function useRowsAround(isFilled: boolean): number {
  const [around, setAround] = useState(AT_FIRST);
  useEffect(() => {
    if (!isFilled || around >= AROUND) return undefined;
    return afterFrame(() => setAround(Math.min(AROUND, around + PIECE)));
  }, [isFilled, around]);
  return around;
}
