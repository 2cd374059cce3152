/** How a connection can reach the server, best first: if one way is blocked, the next one works too, but less well. */
const WAYS = ['websocket', 'polling', 'posts'] as const;
export type Way = (typeof WAYS)[number];

/** How long the second way waits for the first one. A WebSocket that hangs raises no error. */
export const HEAD_START_MS = 5_000;
/** How long another way is preferred before the WebSocket comes first again. */
const BACK_AFTER_MS = 300_000;
/** Without live changes a better way is looked for soon, because the others may have failed only by chance. */
const POSTS_BACK_AFTER_MS = { first: 5_000, most: 60_000 };
/** A connection that ends so soon after its welcome may have been cut because of how it was made. */
const YOUNG_MS = 15_000;
const MAX_YOUNG_LOSSES = 3;

/** Chooses which way to try first, by what has worked. [CL9] */
export interface Ways {
  /** The order in which a try uses them. */
  order(): Way[];
  welcomed(way: Way): void;
  /** A welcomed connection was lost after this time. */
  lost(way: Way, livedMs: number): void;
}

export function createWays(): Ways {
  let preferred: Way = 'websocket';
  let untilMs = 0;
  let youngLosses = 0;
  const first = (): Way => (Date.now() < untilMs ? preferred : 'websocket');
  const prefer = (way: Way) => {
    [preferred, untilMs, youngLosses] = [way, Date.now() + BACK_AFTER_MS, 0];
  };
  return {
    order: () => [first(), ...WAYS.filter((way) => way !== first())],
    welcomed(way) {
      if (way !== first()) prefer(way);
    },
    lost(way, livedMs) {
      youngLosses = livedMs < YOUNG_MS ? youngLosses + 1 : 0;
      if (youngLosses >= MAX_YOUNG_LOSSES) prefer(WAYS[(WAYS.indexOf(way) + 1) % WAYS.length] ?? 'websocket');
    },
  };
}

/** The ways that are better than this one, best first. */
export function waysBefore(way: Way): Way[] {
  return WAYS.slice(0, WAYS.indexOf(way));
}

/** How long until better ways are tried while this one is in use, after this many tries. */
export function usualBackAfterMs(way: Way, tries: number): number {
  const { first, most } = POSTS_BACK_AFTER_MS;
  return way === 'posts' ? Math.min(most, first * 2 ** Math.min(tries, 10)) : BACK_AFTER_MS;
}
