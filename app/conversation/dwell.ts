/** The first and the last seq on the screen. */
export interface SeqRange {
  from: number;
  to: number;
}

/** A message counts as read after it has been on the screen for this long without a break. */
const DWELL_MS = 500;

/** Reports the highest seq that has been looked at for long enough. Messages that only scroll past are not reported. [C10] */
export function dwell(onSeen: (seq: number) => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let present: SeqRange | undefined;
  /** The messages that have been on the screen since the timer was started. */
  let steady: SeqRange | undefined;

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }
  function start(range: SeqRange): void {
    steady = range;
    timer = setTimeout(() => {
      timer = undefined;
      const seen = steady;
      if (seen !== undefined) onSeen(seen.to);
      // The messages that have come onto the screen meanwhile.
      if (seen !== undefined && present !== undefined && present.to > seen.to) start(present);
    }, DWELL_MS);
  }

  return {
    /** To be called whenever what is on the screen may have changed; undefined if nobody looks at it. */
    look(range: SeqRange | undefined): void {
      if (range === undefined) stop();
      const isSame =
        present !== undefined && range !== undefined && present.from === range.from && present.to === range.to;
      present = range;
      if (range === undefined || (isSame && timer !== undefined)) return;
      if (timer === undefined || steady === undefined) return start(range);
      const both = { from: Math.max(steady.from, range.from), to: Math.min(steady.to, range.to) };
      if (both.from <= both.to) {
        steady = both;
        return;
      }
      stop();
      start(range);
    },
    stop,
  };
}
