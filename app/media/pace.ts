/** What is said about an upload while it runs. */
export interface Progress {
  /** Of the file, from 0 to 1. */
  share: number;
  /** Absent until enough was sent to tell. */
  bytesPerS?: number;
  leftS?: number;
}

/** The rate is that of so many last seconds: long enough to be calm, short enough to follow the link. */
const WINDOW_MS = 10_000;
const TELLING_MS = 1_500;

/** Makes of how many bytes are sent how far the file is, how fast it goes and how long it will take. */
export function createPace(now: () => number): (sent: number, total: number) => Progress {
  let samples: { at: number; sent: number }[] = [];
  return (sent, total) => {
    const at = now();
    // An upload that goes on elsewhere, or has to repeat something, has not sent that much in no time.
    if (sent < (samples.at(-1)?.sent ?? 0)) samples = [];
    samples = [...samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, sent }];
    const share = total > 0 ? Math.min(1, sent / total) : 0;
    const first = samples[0];
    if (first === undefined || at - first.at < TELLING_MS || sent === first.sent) return { share };
    const bytesPerS = ((sent - first.sent) * 1_000) / (at - first.at);
    return { share, bytesPerS, leftS: Math.max(0, (total - sent) / bytesPerS) };
  };
}
