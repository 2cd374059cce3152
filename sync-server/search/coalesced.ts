/**
 * One write at a time: what is handed in while one runs is written together by the next. Each call resolves or rejects with
 * the write that its items were part of.
 */
export function coalesced<Item>(
  write: (items: readonly Item[]) => Promise<void>,
): (items: readonly Item[]) => Promise<void> {
  let waiting: Item[] = [];
  let next: Promise<void> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  return (items) => {
    waiting.push(...items);
    if (next !== undefined) return next;
    const started = running.then(() => {
      const all = waiting;
      waiting = [];
      next = undefined;
      return write(all);
    });
    next = started;
    running = started.catch(() => undefined);
    return started;
  };
}
