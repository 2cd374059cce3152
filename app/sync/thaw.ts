const TICK_MS = 1_000;
/** Timers of a tab in the background may be a second late; a frozen tab's, or a sleeping device's, are later. */
const LATE_MS = 3_000;

/** Calls when this tab has slept: it was frozen, or the device was. Answers how to stop. [CL7] */
export function onThaw(listener: () => void): () => void {
  let lastMs = Date.now();
  const timer = setInterval(() => {
    const sleptMs = Date.now() - lastMs - TICK_MS;
    lastMs = Date.now();
    if (sleptMs > LATE_MS) listener();
  }, TICK_MS);
  return () => clearInterval(timer);
}
