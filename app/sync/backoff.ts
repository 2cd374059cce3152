const FIRST_MS = 500;
const MAX_MS = 30_000;
/** While the page is visible and something waits to be sent. */
export const MAX_UNSENT_MS = 5_000;

/** The wait before a retry, after `tries` retries: it doubles each time, and half of it is random so that many clients spread out. [CL7] */
export function backoffMs(tries: number, random: () => number, maxMs = MAX_MS): number {
  const whole = Math.min(maxMs, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** A wait that the server asked for: never shorter, and spread as well, because the server asked everybody for the same. */
export function spreadMs(ms: number, random: () => number): number {
  return Math.round(ms + (random() * ms) / 4);
}
