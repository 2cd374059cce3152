const TICK_MS = 1_000;
/** Timers of a background tab may be a second late; later ones mean that the tab was frozen or the device asleep. */
const LATE_MS = 3_000;

/**
 * Calls the listener when this tab has slept because it was frozen or the device was asleep. Returns a function that stops this.
 * [CL7]
 */
export function onThaw(listener: () => void): () => void {
  let lastMs = Date.now();
  const timer = setInterval(() => {
    const sleptMs = Date.now() - lastMs - TICK_MS;
    lastMs = Date.now();
    if (sleptMs > LATE_MS) listener();
  }, TICK_MS);
  return () => clearInterval(timer);
}
