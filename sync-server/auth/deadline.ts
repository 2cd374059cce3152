/** How long the database may take for one account request before the answer is `unavailable`. [REL-06] */
export const ANSWER_MS = 4_500;

/** The database gave no answer in time. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export interface Deadline {
  /** The same answer, or NoAnswer once this much time passed in which the clock ran. What comes later is ignored. */
  bound<T>(promise: Promise<T>): Promise<T>;
  /** Work of our own is not the database's delay: passwords queue for the processor when many sign in at once. */
  uncounted<T>(work: () => Promise<T>): Promise<T>;
}

/** A database that hangs must not make requests pile up. [REL-06] */
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

const gone =
  /^(Mongo(Network|ServerSelection|NotConnected|Topology|Pool|ConnectionPool|WaitQueue|OperationTimeout|Expired|Write[Cc]oncern|Client)|NoAnswer|PoolCleared|Mongoose)/;

/** Nothing is wrong with the request: the database is away, and the same again may succeed later. */
export function isUnavailable(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (gone.test(at.name) || gone.test(at.constructor.name)) return true;
    // What a server says that stops, changes its leader, ran out of time, or of room on its disk.
    const code: unknown = 'code' in at ? at.code : undefined;
    if (
      at.name === 'MongoServerError' &&
      [50, 91, 189, 262, 11_600, 11_602, 10_107, 13_435, 14_031].includes(code as number)
    )
      return true;
  }
  return false;
}
