import { Session } from 'node:inspector';
import { getHeapStatistics } from 'node:v8';

export interface QuietTimes {
  lookEveryMs: number;
  /** How long the process is quiet before each collection of a quiet time, ascending. */
  afterMs: readonly number[];
}

/** The second one comes after caches that keep objects for a minute have dropped them. */
const defaultTimes: QuietTimes = { lookEveryMs: 5_000, afterMs: [20_000, 100_000] };
/** The part of one processor that a quiet process uses at most, with all its threads. */
const QUIET = 0.1;
/** A heap that grew by less since the last collection is left alone: a collection stops the thread for some 100 ms. */
const WORTH_BYTES = 48 * 1024 * 1024;

/**
 * In quiet times, returns memory to the system that work has left in this thread's heap. V8 compacts few objects on its own:
 * after many messages more than half of its heap is gaps between objects that are still in use, and it keeps those forever.
 */
export function collectWhenQuiet(times: Partial<QuietTimes> = {}): { close(): void } {
  const { lookEveryMs, afterMs } = { ...defaultTimes, ...times };
  let last = cpuMs();
  let lookedAt = performance.now();
  let quietMs = 0;
  let done = 0;
  /** The size of the heap after the last collection. */
  let settledBytes = 0;

  function look(): void {
    const [used, now] = [cpuMs(), performance.now()];
    const isQuiet = used - last <= QUIET * (now - lookedAt);
    [last, lookedAt] = [used, now];
    quietMs = isQuiet ? quietMs + lookEveryMs : 0;
    if (heapBytes() > settledBytes + WORTH_BYTES) done = 0;
    const due = afterMs[done];
    if (due === undefined || quietMs < due) return;
    done++;
    collect(() => {
      settledBytes = heapBytes();
      last = cpuMs(); // the collection itself is no work
    });
  }

  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

const heapBytes = () => getHeapStatistics().total_physical_size;

/** The inspector is Node's only way to start a collection that compacts the heap. */
function collect(done: () => void): void {
  const session = new Session();
  session.connect();
  session.post('HeapProfiler.collectGarbage', () => {
    // A turn later, because the answer is delivered under a lock that closing the session also takes.
    setImmediate(() => {
      session.disconnect();
      running.delete(session);
      done();
    });
  });
  // The collection must not free the session, which has to answer after it.
  running.add(session);
}

const running = new Set<Session>();
