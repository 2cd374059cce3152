/*
 * One tab of a person leads. [CL5] The lock goes to the next tab as soon as the leading one ends, however it ends. A frozen
 * one holds it still: it is noticed because it does not answer, and the lock is stolen, so that another sends within 2 s.
 */
const ASK_MS = 250;
/** So many questions without an answer, one after the other: a second, which a busy tab seldom takes. */
const UNANSWERED = 4;
/** A tab whose timers stood still so long may have been taken for frozen; well below the least time that four questions take. */
const SLEPT_MS = 600;

export interface LeaderParts {
  name: string;
  /** Absent outside secure contexts: then every tab leads, and the server, which knows each op's id, keeps order. */
  locks: LockManager | undefined;
  /** Only a tab that is looked at takes the lock from a silent leader: in hidden ones nobody waits. */
  isVisible: () => boolean;
  /** Repeats until the answer is called. */
  every: (ms: number, tick: () => void) => () => void;
  onLead: () => void;
  /** The lock was taken away, by a tab that held this one for frozen. */
  onLost: () => void;
  onDefect: (error: unknown) => void;
}

export interface Leader {
  /** Whether this tab still leads; asks the lock itself where this tab may have slept. */
  confirm(): Promise<boolean>;
  close(): void;
}

export function runForLeader({ name, locks, isVisible, every, onLead, onLost, onDefect }: LeaderParts): Leader {
  const channel = new BroadcastChannel(`${name}-beat`);
  let isLeading = false;
  /** How often this tab slept so long that it may have been taken for frozen. */
  let sleeps = 0;
  /** The number of sleeps at which the lock itself was asked last: since then it is known to lead. */
  let sureOf = -1;
  let isClosed = false;
  /** Whose hold of the lock it is, as the browser names it. */
  let holder: string | undefined;
  let unanswered = 0;
  let tickMs = Date.now();
  let release: (() => void) | undefined;

  // A question is answered at once, by a hidden tab too, whose timers are slow.
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data === 'beat') unanswered = 0;
    else if (isLeading) channel.postMessage('beat');
  });

  function lead(): void {
    isLeading = true;
    sureOf = -1;
    channel.postMessage('beat');
    onLead();
  }

  function lose(): void {
    if (!isLeading) return;
    isLeading = false;
    release = undefined;
    unanswered = 0;
    onLost();
  }

  async function stand(manager: LockManager, options: LockOptions): Promise<void> {
    let isOver = false;
    try {
      await manager.request(name, options, async () => {
        if (isClosed) return;
        const asked = await holderOf(manager, name);
        // Two tabs may steal at the same moment: the first one's hold can be over before it knew of it.
        if (isClosed || isOver) return;
        holder = asked;
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
      // This tab stands in line again, like every other one.
      if (isStolen) void stand(manager, {});
    }
  }

  // Not before its maker holds what this answers with.
  if (locks === undefined) queueMicrotask(() => isClosed || lead());
  else void stand(locks, {});

  const stop = every(ASK_MS, () => {
    const now = Date.now();
    const hasSlept = now - tickMs > SLEPT_MS;
    tickMs = now;
    if (hasSlept) sleeps += 1;
    if (isLeading) return;
    if (locks === undefined || !isVisible() || hasSlept) {
      // Having slept itself, it has heard nothing and can blame nobody yet.
      unanswered = 0;
    } else if (unanswered >= UNANSWERED) {
      unanswered = 0;
      void stand(locks, { steal: true });
    } else {
      unanswered += 1;
      channel.postMessage('who leads?');
    }
  });

  return {
    async confirm() {
      if (!isLeading || locks === undefined) return isLeading;
      if (sureOf === sleeps && Date.now() - tickMs < SLEPT_MS) return true;
      for (;;) {
        const [askedMs, before] = [Date.now(), sleeps];
        const isMine = (await holderOf(locks, name)) === holder;
        // An answer over which this tab slept says how it was before.
        if (sleeps !== before || Date.now() - askedMs >= SLEPT_MS) continue;
        if (!isMine) lose();
        else sureOf = before;
        return isMine && isLeading;
      }
    },
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
