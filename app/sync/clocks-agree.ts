/** Clocks that differ by less agree, because the server's time is a while on the way. */
const CLOCKS_AGREE_MS = 60_000;

/** `aheadMs`: how far the server's clock seems to be ahead of the device's. Undefined if that means that they agree. */
export function unlessClocksAgree(aheadMs: number): number | undefined {
  return Math.abs(aheadMs) > CLOCKS_AGREE_MS ? aheadMs : undefined;
}
