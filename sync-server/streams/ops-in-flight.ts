export interface OpsInFlight {
  /** Calls `work` at once and counts the request's ops until it is settled; undefined if the holder has too many in flight. */
  hold<T>(holder: string, request: unknown, work: () => Promise<T>): Promise<T> | undefined;
}

/**
 * Bounds the ops of one person, or of one device, that are not answered yet. After a refusal every further push is refused until all of
 * them are answered, so that a later push does not overtake the refused one.
 */
export function createOpsInFlight(max: number | undefined): OpsInFlight {
  const holders = new Map<string, { ops: number; isFull: boolean }>();
  return {
    hold(holder, request, work) {
      if (max === undefined) return work();
      const count = opsOf(request);
      let held = holders.get(holder);
      if (held === undefined) holders.set(holder, (held = { ops: 0, isFull: false }));
      if (held.isFull || (held.ops > 0 && held.ops + count > max)) {
        held.isFull = true;
        return undefined;
      }
      const mine = held;
      mine.ops += count;
      const release = () => {
        mine.ops -= count;
        if (mine.ops === 0) holders.delete(holder);
      };
      return work().then(
        (answer) => {
          release();
          return answer;
        },
        (error: unknown) => {
          release();
          throw error;
        },
      );
    },
  };
}

/** At least 1, so that an empty or malformed push counts too. */
function opsOf(request: unknown): number {
  const ops = typeof request === 'object' && request !== null && 'ops' in request ? request.ops : undefined;
  return Array.isArray(ops) ? Math.max(1, ops.length) : 1;
}
