interface Waiting<T, R> {
  item: T;
  resolve: (result: R) => void;
  reject: (error: unknown) => void;
}

/**
 * Coalesces calls of work that takes several items: items that come while it runs are processed together afterwards, in order.
 * `work` returns one result for each item; if it fails, it fails for all of them.
 */
export function coalesced<T, R>(work: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    while (waiting.length > 0) {
      const taken = waiting.splice(0);
      try {
        const results = await work(taken.map(({ item }) => item));
        for (const [at, { resolve }] of taken.entries()) resolve(results[at] as R);
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    isRunning = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      void run();
    });
}
