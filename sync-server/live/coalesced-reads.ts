export interface CoalescedReads<K, V> {
  /** Joins a read of the same key that is in flight. */
  read(key: K): Promise<V>;
  /** The read in flight may be stale: it still answers its waiting callers, but its value is not kept. */
  forget(key: K): void;
}

/** Reads each key at most once at a time; `keep` gets the value unless the key was forgotten meanwhile. */
export function createCoalescedReads<K, V>(
  ask: (key: K) => Promise<V>,
  keep: (key: K, value: V) => void,
): CoalescedReads<K, V> {
  const inFlight = new Map<K, { answer: Promise<V> | undefined }>();

  async function run(key: K, flight: object): Promise<V> {
    try {
      const value = await ask(key);
      if (inFlight.get(key) === flight) keep(key, value);
      return value;
    } finally {
      if (inFlight.get(key) === flight) inFlight.delete(key);
    }
  }

  return {
    read(key) {
      const found = inFlight.get(key)?.answer;
      if (found !== undefined) return found;
      const flight: { answer: Promise<V> | undefined } = { answer: undefined };
      inFlight.set(key, flight);
      const answer = run(key, flight);
      flight.answer = answer;
      return answer;
    },
    forget: (key) => void inFlight.delete(key),
  };
}
