interface Window {
  /** Monotonic, milliseconds. */
  since: number;
  count: number;
  /** The update that takes effect when the window ends, unless a newer one replaces it. */
  latest?: () => void;
}

/**
 * For updates of which each replaces the one before: applies them at once while they are rare, and only the latest one at the
 * window's end while they are frequent. The last one always takes effect.
 */
export function createLatestOnly({ max, windowMs }: { max: number; windowMs: number }) {
  const windows = new WeakMap<object, Window>();

  function apply(key: object, now: number, state: () => void): void {
    const window = windows.get(key);
    if (window === undefined || now - window.since >= windowMs) windows.set(key, { since: now, count: 1 });
    else window.count++;
    state();
  }

  return (key: object, state: () => void): void => {
    const now = performance.now();
    const window = windows.get(key);
    const isFrequent = window !== undefined && window.count >= max && now - window.since < windowMs;
    if (window?.latest === undefined && !isFrequent) return apply(key, now, state);
    if (window === undefined) return;
    const isWaiting = window.latest !== undefined;
    window.latest = state;
    if (isWaiting) return;
    const end = () => {
      const { latest } = window;
      delete window.latest;
      if (latest !== undefined) apply(key, performance.now(), latest);
    };
    setTimeout(end, Math.ceil(windowMs - (now - window.since))).unref();
  };
}
