/** How many keys are read together. */
const MOST_KEYS = 200;

interface Waiting<Key, Value> {
  key: Key;
  resolve(value: Value): void;
  reject(error: unknown): void;
}

/**
 * Reads many keys with few queries: keys that are requested while a query runs are read together by the next one, so every value
 * is as new as if it had been read alone. `readAll` resolves to one value for each key, in their order.
 */
export function gatheredReads<Key, Value>(
  readAll: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  let waiting: Waiting<Key, Value>[] = [];
  let isReading = false;

  async function read(): Promise<void> {
    while (waiting.length > 0) {
      const some = waiting.slice(0, MOST_KEYS);
      waiting = waiting.slice(MOST_KEYS);
      try {
        const values = await readAll(some.map(({ key }) => key));
        for (const [at, { resolve }] of some.entries()) resolve(values[at] as Value);
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    isReading = false;
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (isReading) return;
      isReading = true;
      // Keys that are requested in the same turn are part of the first query too.
      setImmediate(() => void read());
    });
}
