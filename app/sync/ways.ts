/** How a connection reaches the server. Where proxies let no WebSocket pass, long polling does the same. */
export type Way = 'websocket' | 'polling';

/** How long the second way waits for the first one. A WebSocket that hangs raises no error. */
export const HEAD_START_MS = 5_000;
/** How long polling is preferred before the WebSocket is tried again. */
export const BACK_AFTER_MS = 300_000;
/** A connection that ends so soon after its welcome may have been cut because of its way. */
const YOUNG_MS = 15_000;
const MAX_YOUNG_LOSSES = 3;

/** Which way to try first, from what has worked. [CL9] */
export interface Ways {
  first(): Way;
  welcomed(way: Way): void;
  /** A welcomed connection was lost after so long. */
  lost(way: Way, livedMs: number): void;
}

export function createWays(): Ways {
  let pollingUntilMs = 0;
  let youngLosses = 0;
  const first = (): Way => (Date.now() < pollingUntilMs ? 'polling' : 'websocket');
  const prefer = (way: Way) => {
    pollingUntilMs = way === 'polling' ? Date.now() + BACK_AFTER_MS : 0;
    youngLosses = 0;
  };
  return {
    first,
    welcomed(way) {
      if (way !== first()) prefer(way);
    },
    lost(way, livedMs) {
      youngLosses = livedMs < YOUNG_MS ? youngLosses + 1 : 0;
      if (youngLosses >= MAX_YOUNG_LOSSES) prefer(otherWay(way));
    },
  };
}

export function otherWay(way: Way): Way {
  return way === 'websocket' ? 'polling' : 'websocket';
}
