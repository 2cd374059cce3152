const FIRST_MS = 500;
const MAX_MS = 30_000;

/** The wait before a retry, after `tries` retries: it doubles each time, and half of it is random so that many clients spread out. [CL7] */
export function backoffMs(tries: number, random: () => number): number {
  const whole = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** A wait that the server asked for: never shorter, and spread as well, because the server asked everybody for the same. */
export function spreadMs(ms: number, random: () => number): number {
  return Math.round(ms + (random() * ms) / 4);
}
