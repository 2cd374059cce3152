/** Clocks that differ by no more than this agree, because the server's time takes a while to arrive. */
const CLOCKS_AGREE_MS = 60_000;

/** How far the server's clock is ahead of the device's, as measured; undefined if they agree. */
export function unlessClocksAgree(aheadMs: number): number | undefined {
  return Math.abs(aheadMs) > CLOCKS_AGREE_MS ? aheadMs : undefined;
}
