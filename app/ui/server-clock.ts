/*
 * The right time on a device whose clock is wrong. The app learns the server's time with each connection, and the service worker from
 * the server's answers. So what is counted from now on, such as "in an hour", ends at the right time, and messages have the right
 * time on every screen.
 */

/** If the device's clock moves by more than this against the time that the page has run, it was set, or the device slept. */
const SET_MS = 60_000;

let correction: { aheadMs: number; wallMs: number; runMs: number } | undefined;

/** How far the server's clock is ahead of the device's, in milliseconds; undefined if they agree. */
export function noteServerAhead(aheadMs: number | undefined): void {
  if (aheadMs === correction?.aheadMs) return;
  correction = aheadMs === undefined ? undefined : { aheadMs, wallMs: Date.now(), runMs: performance.now() };
}

/** How far the device's clock is known to be behind the server's, in milliseconds; 0 if they agree, or if that is not known. */
export function serverAheadMs(): number {
  if (correction === undefined) return 0;
  const { aheadMs, wallMs, runMs } = correction;
  const setByMs = Date.now() - wallMs - (performance.now() - runMs);
  return Math.abs(setByMs) > SET_MS ? 0 : aheadMs;
}

/** The time by the server's clock if the device's is known to be wrong, otherwise by the device's. */
export const correctedNow = () => new Date(Date.now() + serverAheadMs());
