/** The longest wait on a busy page, which has no idle time. */
const AT_THE_LATEST_MS = 2_000;

/** Resolves once the page has nothing else to do. Safari has no idle callbacks, so there it waits a moment for running work to end. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: AT_THE_LATEST_MS });
    else setTimeout(resolve, 50);
  });
}
