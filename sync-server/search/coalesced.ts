/**
 * Coalesces writes, one at a time: items that come while one runs are written together by the next. Each call resolves or rejects
 * with the write that contained its items.
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
