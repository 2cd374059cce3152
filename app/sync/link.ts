/** A request and its answer, in bytes of JSON before compression, since that is how sizes are compared here. */
interface Exchange {
  ms: number;
  upBytes: number;
  downBytes: number;
}

/**
 * What is assumed of a link that has not been measured yet. It is assumed to be slow, because waiting too long costs less than
 * giving up too early.
 */
const UNKNOWN_ROUND_TRIP_MS = 5_000;
const UNKNOWN_BYTES_PER_SECOND = 2_500;
/** A smaller exchange measures the round trip, a larger one the rate. */
const SMALL_BYTES = 2_000;
const MAX_ROUND_TRIP_MS = 30_000;

/** What the answers so far have shown about the link to the server. */
export interface Link {
  answered(exchange: Exchange): void;
  /** A small answer takes longer than this only if something is wrong: the smoothed round trip and four deviations, as TCP does. */
  roundTripTimeoutMs(): number;
  /** How long so many bytes may take, beyond the round trip. */
  transferMs(upBytes: number, downBytes: number): number;
  /** How many bytes the link sends within this time. */
  bytesUpWithin(ms: number): number;
  /** How many bytes the link receives within this time; undefined if that has not been measured yet. */
  bytesDownWithin(ms: number): number | undefined;
}

export function createLink(): Link {
  let roundTrip: { smoothMs: number; deviationMs: number } | undefined;
  let [up, down] = [undefined, undefined] as [number | undefined, number | undefined];
  /** The newest sample counts half, because links change while people move. */
  const mixed = (before: number | undefined, sample: number) => (before === undefined ? sample : (before + sample) / 2);

  function measureRoundTrip(ms: number): void {
    if (roundTrip === undefined) {
      roundTrip = { smoothMs: ms, deviationMs: ms / 2 };
      return;
    }
    const { smoothMs, deviationMs } = roundTrip;
    roundTrip = {
      smoothMs: smoothMs + (ms - smoothMs) / 8,
      deviationMs: deviationMs + (Math.abs(ms - smoothMs) - deviationMs) / 4,
    };
  }

  return {
    answered({ ms, upBytes, downBytes }) {
      if (upBytes + downBytes < SMALL_BYTES) return measureRoundTrip(ms);
      const transferMs = Math.max(1, ms - (roundTrip?.smoothMs ?? 0));
      if (upBytes > downBytes) up = mixed(up, (upBytes * 1_000) / transferMs);
      else down = mixed(down, (downBytes * 1_000) / transferMs);
    },
    roundTripTimeoutMs() {
      if (roundTrip === undefined) return UNKNOWN_ROUND_TRIP_MS;
      return Math.min(MAX_ROUND_TRIP_MS, roundTrip.smoothMs + 4 * roundTrip.deviationMs);
    },
    transferMs(upBytes, downBytes) {
      const of = (bytes: number, rate = UNKNOWN_BYTES_PER_SECOND) => (bytes * 1_000) / rate;
      return of(upBytes, up) + of(downBytes, down);
    },
    bytesUpWithin: (ms) => ((up ?? UNKNOWN_BYTES_PER_SECOND) * ms) / 1_000,
    bytesDownWithin: (ms) => (down === undefined ? undefined : (down * ms) / 1_000),
  };
}
