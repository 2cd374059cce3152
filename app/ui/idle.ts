/** Without idle time, as on a busy page, the call comes after this time all the same. */
const AT_THE_LATEST_MS = 2_000;
/** Safari has no idle callbacks. */
const WITHOUT_CALLBACKS_MS = 500;

/** Calls once the page has nothing else to do; returns a function that takes that back. */
export function whenIdle(call: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const waiting = requestIdleCallback(call, { timeout: AT_THE_LATEST_MS });
    return () => cancelIdleCallback(waiting);
  }
  const timer = setTimeout(call, WITHOUT_CALLBACKS_MS);
  return () => clearTimeout(timer);
}
