/*
 * Web Locks as specified, for exclusive locks only: they are granted in the order of the requests, a callback holds the lock
 * until its promise settles, `steal` rejects the holder's request with an AbortError and takes the lock first, and `ifAvailable`
 * does not wait.
 */
interface Request {
  clientId: string;
  callback: (lock: Lock | null) => unknown;
  settle: { resolve: (value: unknown) => void; reject: (error: unknown) => void };
}

export interface SharedLocks {
  /** The lock manager of one tab. */
  tab(clientId: string): LockManager;
  /** Ends the tab, with its locks and requests. */
  kill(clientId: string): void;
  /** A frozen tab keeps its locks, and is notified of nothing until it thaws. */
  freeze(clientId: string): void;
  thaw(clientId: string): void;
}

export function createSharedLocks(): SharedLocks {
  const held = new Map<string, Request>();
  const queues = new Map<string, Request[]>();
  const dead = new Set<string>();
  const frozen = new Map<string, (() => void)[]>();
  const notify = (clientId: string, notification: () => void) => {
    const later = frozen.get(clientId);
    if (later === undefined) notification();
    else later.push(notification);
  };

  function grant(name: string): void {
    if (held.has(name)) return;
    const next = queues.get(name)?.shift();
    if (next === undefined) return;
    held.set(name, next);
    queueMicrotask(() => {
      if (dead.has(next.clientId)) return;
      Promise.resolve(next.callback({ name, mode: 'exclusive' })).then(
        (value) => release(name, next, () => next.settle.resolve(value)),
        (error: unknown) => release(name, next, () => next.settle.reject(error)),
      );
    });
  }
  function release(name: string, request: Request, then: () => void): void {
    // The lock was stolen meanwhile, which settled this request.
    if (held.get(name) !== request) return;
    held.delete(name);
    then();
    grant(name);
  }

  return {
    tab: (clientId) => ({
      request: ((name: string, options: LockOptions, callback: Request['callback']) =>
        new Promise<unknown>((resolve, reject) => {
          if (options.ifAvailable === true && held.has(name)) return resolve(callback(null));
          const request = { clientId, callback, settle: { resolve, reject } };
          const queue = queues.get(name) ?? [];
          queues.set(name, queue);
          if (options.steal === true) {
            const robbed = held.get(name);
            held.delete(name);
            if (robbed !== undefined && !dead.has(robbed.clientId))
              notify(robbed.clientId, () => robbed.settle.reject(new DOMException('stolen', 'AbortError')));
            queue.unshift(request);
          } else queue.push(request);
          grant(name);
        })) as LockManager['request'],
      async query() {
        // In a browser another process answers, and much may happen before its answer arrives.
        await new Promise((resolve) => setImmediate(resolve));
        return {
          held: [...held].map(([name, { clientId }]) => ({ name, clientId, mode: 'exclusive' as const })),
          pending: [],
        };
      },
    }),
    kill(clientId) {
      dead.add(clientId);
      for (const [name, queue] of queues) {
        queues.set(
          name,
          queue.filter((request) => request.clientId !== clientId),
        );
        if (held.get(name)?.clientId !== clientId) continue;
        held.delete(name);
        grant(name);
      }
    },
    freeze: (clientId) => void frozen.set(clientId, []),
    thaw(clientId) {
      const notifications = frozen.get(clientId) ?? [];
      frozen.delete(clientId);
      for (const notification of notifications) notification();
    },
  };
}
