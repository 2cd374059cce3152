import type { Lock, Locker } from '@tus/server';

/**
 * One request at a time works on an upload. A newer one asks the older one, which may hang on a connection that is gone, to end,
 * and waits for that. The library's own lock would keep the processor busy while it waits.
 */
export function createUploadLocks(): Locker {
  interface Holder {
    askToEnd: () => void | Promise<void>;
    ended: Promise<void>;
    end: () => void;
  }
  const holders = new Map<string, Holder>();

  async function take(id: string, signal: AbortSignal, askToEnd: Holder['askToEnd']): Promise<void> {
    for (let before = holders.get(id); before !== undefined; before = holders.get(id)) {
      await before.askToEnd();
      await before.ended;
      signal.throwIfAborted();
    }
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    holders.set(id, { askToEnd, ended, end });
  }

  return {
    newLock: (id): Lock => ({
      lock: (signal, askToEnd) => take(id, signal, askToEnd),
      unlock() {
        const holder = holders.get(id);
        holders.delete(id);
        holder?.end();
        return Promise.resolve();
      },
    }),
  };
}
