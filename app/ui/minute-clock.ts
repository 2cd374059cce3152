import { correctedNow } from './server-clock.ts';

const MINUTE_MS = 60_000;

/**
 * The current time, to the minute. Everything that depends on the time, the day or the time zone follows this one clock, so that
 * all of it changes together. `onWake` calls its listener when the page may have slept, and returns a function that removes it.
 */
export function minuteClock(onWake: (look: () => void) => () => void) {
  const listeners = new Set<() => void>();
  let shown = look(correctedNow());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};

  function look(now: Date) {
    return { now, key: `${Math.floor(now.getTime() / MINUTE_MS)} ${now.getTimezoneOffset()}` };
  }
  function update(): void {
    const next = look(correctedNow());
    if (next.key === shown.key) return;
    shown = next;
    for (const listener of listeners) listener();
  }
  function tick(): void {
    const untilNextMs = MINUTE_MS - (Date.now() % MINUTE_MS);
    timer = setTimeout(() => {
      update();
      tick();
    }, untilNextMs);
  }

  return {
    /** The same object until the minute or the zone changes. */
    present(): Date {
      if (listeners.size === 0) update();
      return shown.now;
    },
    /** Returns a function that removes the listener. */
    subscribe(listener: () => void): () => void {
      if (listeners.size === 0) {
        stop = onWake(update);
        tick();
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearTimeout(timer);
        stop();
      };
    },
  };
}
