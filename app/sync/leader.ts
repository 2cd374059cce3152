/*
 * One tab of a person leads. [CL5] The browser passes the lock to the next tab as soon as the leading one ends, however it
 * ends. A frozen leader keeps the lock, but does not answer pings: another tab then steals the lock and sends within 2 s.
 */
const PING_MS = 250;
/** Unanswered pings in a row before the lock is stolen. They take a second, and even a busy tab rarely needs that long to answer. */
const MAX_UNANSWERED = 4;
/** A tab whose timers did not run for this long may have lost its lock; well below the least time that four pings take. */
const SLEPT_MS = 600;

export interface LeaderParts {
  name: string;
  /** Absent outside secure contexts. Then every tab leads, which costs only resends, because the server recognises each op by its id. */
  locks: LockManager | undefined;
  /** Only a visible tab takes the lock from a silent leader: nobody is waiting in a hidden one. */
  isVisible: () => boolean;
  /** Calls `tick` repeatedly until the returned function is called. */
  every: (ms: number, tick: () => void) => () => void;
  /** `confirm` is the leader's own. */
  onLead: (confirm: Leader['confirm']) => void;
  /** Another tab assumed that this one was frozen and stole the lock. */
  onLost: () => void;
  onDefect: (error: unknown) => void;
}

export interface Leader {
  /** Whether this tab still leads. If this tab may have slept, it queries the lock itself. */
  confirm(): Promise<boolean>;
  close(): void;
}

export function runForLeader({ name, locks, isVisible, every, onLead, onLost, onDefect }: LeaderParts): Leader {
  const channel = new BroadcastChannel(`${name}-beat`);
  let isLeading = false;
  /** How many times this tab slept so long that it may have lost its lock. */
  let sleeps = 0;
  /** The value of `sleeps` when the lock was last queried: until it changes, this tab is known to lead. */
  let confirmedAt = -1;
  let isClosed = false;
  /** The browser's id for this tab as the holder of the lock. */
  let holder: string | undefined;
  let unanswered = 0;
  let tickMs = Date.now();
  let release: (() => void) | undefined;

  // Answered in the message handler, which runs at once even in a hidden tab, whose timers are throttled.
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === 'beat') unanswered = 0;
    else if (isLeading) channel.postMessage('beat');
  });

  function lead(): void {
    isLeading = true;
    confirmedAt = -1;
    channel.postMessage('beat');
    onLead(confirm);
  }

  function lose(): void {
    if (!isLeading) return;
    isLeading = false;
    release = undefined;
    unanswered = 0;
    onLost();
  }

  async function requestLock(manager: LockManager, options: LockOptions): Promise<void> {
    let isOver = false;
    try {
      await manager.request(name, options, async () => {
        if (isClosed) return;
        const current = await holderOf(manager, name);
        // If two tabs steal at the same moment, the first may have lost the lock again before it learns that it had it.
        if (isClosed || isOver) return;
        holder = current;
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        lead();
        await held;
      });
    } catch (error) {
      isOver = true;
      if (isClosed) return;
      const isStolen = error instanceof DOMException && error.name === 'AbortError';
      if (!isStolen) onDefect(error);
      lose();
      // Queue for the lock again, like every other tab.
      if (isStolen) void requestLock(manager, {});
    }
  }

  async function confirm(): Promise<boolean> {
    if (!isLeading || locks === undefined) return isLeading;
    if (confirmedAt === sleeps && Date.now() - tickMs < SLEPT_MS) return true;
    for (;;) {
      const [askedMs, before] = [Date.now(), sleeps];
      const isMine = (await holderOf(locks, name)) === holder;
      // If this tab slept during the query, the answer may be outdated.
      if (sleeps !== before || Date.now() - askedMs >= SLEPT_MS) continue;
      if (!isMine) lose();
      else confirmedAt = before;
      return isMine && isLeading;
    }
  }

  // Deferred, so that `onLead` is never called before this function returns, with or without locks.
  if (locks === undefined) queueMicrotask(() => isClosed || lead());
  else void requestLock(locks, {});

  const stop = every(PING_MS, () => {
    const now = Date.now();
    const hasSlept = now - tickMs > SLEPT_MS;
    tickMs = now;
    if (hasSlept) sleeps += 1;
    if (isLeading) return;
    if (locks === undefined || !isVisible() || hasSlept) {
      // A tab that slept itself has missed the answers, so it cannot conclude anything yet.
      unanswered = 0;
    } else if (unanswered >= MAX_UNANSWERED) {
      unanswered = 0;
      void requestLock(locks, { steal: true });
    } else {
      unanswered += 1;
      channel.postMessage('who leads?');
    }
  });

  return {
    confirm,
    close() {
      isClosed = true;
      isLeading = false;
      stop();
      channel.close();
      release?.();
    },
  };
}

async function holderOf(locks: LockManager, name: string): Promise<string | undefined> {
  return (await locks.query()).held?.find((lock) => lock.name === name)?.clientId;
}
