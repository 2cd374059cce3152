/** How long the database may take for one account request before the answer is `unavailable`. [REL-06] */
export const ANSWER_MS = 4_500;

/** The database did not answer in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface Deadline {
  /** The promise's outcome, or NoAnswer once the time has passed, not counting pauses. A later outcome is ignored. */
  bound<T>(promise: Promise<T>): Promise<T>;
  /** Pauses the deadline: password hashes queue for the processor when many sign in, which is not the database's delay. */
  uncounted<T>(work: () => Promise<T>): Promise<T>;
}

/** Bounds a request's time, because a database that hangs must not make requests pile up. [REL-06] */
export function createDeadline(ms: number): Deadline {
  let expire: () => void = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const late = new Promise<never>((_, reject) => {
    expire = () => reject(new NoAnswer('no answer in time'));
  });
  late.catch(() => undefined);
  const arm = () => {
    clearTimeout(timer);
    if (!isOver) timer = setTimeout(expire, ms);
  };
  return {
    async bound(promise) {
      arm();
      try {
        return await Promise.race([promise, late]);
      } finally {
        isOver = true;
        clearTimeout(timer);
      }
    },
    async uncounted(work) {
      clearTimeout(timer);
      try {
        return await work();
      } finally {
        arm();
      }
    },
  };
}

/** The outcome of one account request's database calls. */
export function inTime<T>(promise: Promise<T>): Promise<T> {
  return createDeadline(ANSWER_MS).bound(promise);
}

const unavailableNames =
  /^(Mongo(Network|ServerSelection|NotConnected|Topology|Pool|ConnectionPool|WaitQueue|OperationTimeout|Expired|Write[Cc]oncern|Client)|NoAnswer|PoolCleared|Mongoose)/;

/** Whether the database is unavailable, so that the same request may succeed later. */
export function isUnavailable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (unavailableNames.test(at.name) || unavailableNames.test(at.constructor.name)) return true;
    // Codes of a server that shuts down, has a new primary, ran out of time, or has a full disk.
    const code: unknown = 'code' in at ? at.code : undefined;
    if (
      at.name === 'MongoServerError' &&
      [50, 91, 189, 262, 11_600, 11_602, 10_107, 13_435, 14_031].includes(code as number)
    )
      return true;
  }
  return false;
}
