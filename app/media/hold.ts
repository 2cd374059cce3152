/** How long a button was held, and how far from it the finger was at the end. */
export interface Hold {
  heldMs: number;
  movedPx: number;
}

/** What the release of a held button means. */
export type Release = 'tap' | 'send' | 'discard';

const HELD_FROM_MS = 500;
/** A distance that a thumb slides only on purpose. */
const AWAY_FROM_PX = 90;

/** A short press starts a recording that continues; a long one records while it lasts, and sliding away discards the recording. */
export function releaseOf({ heldMs, movedPx }: Hold): Release {
  if (heldMs < HELD_FROM_MS) return 'tap';
  return movedPx >= AWAY_FROM_PX ? 'discard' : 'send';
}
