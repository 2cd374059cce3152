const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** The wait before try number `tries` (0 is the first retry): doubling, half of it by chance, so that a crowd spreads. [CL7] */
export function backoffMs(tries: number, random: () => number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(whole / 2 + (random() * whole) / 2);
}

/** A wait that the server named, never shorter; spread too, for it has named the same one to everybody. */
export function spreadMs(ms: number, random: () => number): number {
  return Math.round(ms + (random() * ms) / 4);
}
