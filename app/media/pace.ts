/** What is shown about a running upload. */
export interface Progress {
  /** Of the file, from 0 to 1. */
  share: number;
  /** Absent until enough was sent to estimate it. */
  bytesPerS?: number;
  leftS?: number;
}

/** The rate is measured over this many last seconds: long enough to be steady, short enough to follow the link. */
const WINDOW_MS = 10_000;
const MEASURED_FOR_MS = 1_500;

/** Computes the progress, the rate and the remaining time from the number of bytes sent. */
export function createPace(now: () => number): (sent: number, total: number) => Progress {
  let samples: { at: number; sent: number }[] = [];
  return (sent, total) => {
    const at = now();
    // An upload that resumes at another place, or repeats a part, has not sent that many bytes in an instant.
    if (sent < (samples.at(-1)?.sent ?? 0)) samples = [];
    samples = [...samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, sent }];
    const share = total > 0 ? Math.min(1, sent / total) : 0;
    const first = samples[0];
    if (first === undefined || at - first.at < MEASURED_FOR_MS || sent === first.sent) return { share };
    const bytesPerS = ((sent - first.sent) * 1_000) / (at - first.at);
    return { share, bytesPerS, leftS: Math.max(0, (total - sent) / bytesPerS) };
  };
}
