export interface JoinedReads<K, V> {
  /** Whoever asks while a read is under way gets its answer. */
  read(key: K): Promise<V>;
  /** What is under way may be out of date: it is answered to those who wait, and not kept. */
  forget(key: K): void;
}

/** At most one read of a thing at a time; `keep` is given what nothing has overtaken. */
export function createJoinedReads<K, V>(
  ask: (key: K) => Promise<V>,
  keep: (key: K, value: V) => void,
): JoinedReads<K, V> {
  const underWay = new Map<K, { answer: Promise<V> | undefined }>();

  async function run(key: K, place: object): Promise<V> {
    try {
      const value = await ask(key);
      if (underWay.get(key) === place) keep(key, value);
      return value;
    } finally {
      if (underWay.get(key) === place) underWay.delete(key);
    }
  }

  return {
    read(key) {
      const found = underWay.get(key)?.answer;
      if (found !== undefined) return found;
      const place: { answer: Promise<V> | undefined } = { answer: undefined };
      underWay.set(key, place);
      const answer = run(key, place);
      place.answer = answer;
      return answer;
    },
    forget: (key) => void underWay.delete(key),
  };
}
