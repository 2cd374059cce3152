/*
 * One tab of a person leads. [CL5] The lock goes to the next tab as soon as the leading one ends, however it ends. A frozen
 * one holds it still: it is noticed by its missing beats, and the lock is stolen, within 2 s.
 */
const BEAT_MS = 400;
const FROZEN_AFTER_MS = 1_500;

export interface LeaderParts {
  name: string;
  /** Absent outside secure contexts: then every tab leads, and the server, which knows each op's id, keeps order. */
  locks: LockManager | undefined;
  /** Only a tab that is looked at takes the lock from a silent leader: hidden ones have slow clocks themselves. */
  isVisible: () => boolean;
  /** Repeats until the answer is called. */
  every: (ms: number, tick: () => void) => () => void;
  onLead: () => void;
  /** The lock was taken away, by a tab that held this one for frozen. */
  onLost: () => void;
  onDefect: (error: unknown) => void;
}

export interface Leader {
  /** Whether this tab still leads; asks the lock itself where this tab may have slept since its last beat. */
  confirm(): Promise<boolean>;
  close(): void;
}

export function runForLeader({ name, locks, isVisible, every, onLead, onLost, onDefect }: LeaderParts): Leader {
  const channel = new BroadcastChannel(`${name}-beat`);
  let isLeading = false;
  let isClosed = false;
  /** Whose hold of the lock it is, as the browser names it. */
  let holder: string | undefined;
  let heardMs = Date.now();
  let tickMs = Date.now();
  let release: (() => void) | undefined;

  channel.addEventListener('message', () => {
    heardMs = Date.now();
  });

  function lead(): void {
    isLeading = true;
    channel.postMessage('beat');
    onLead();
  }

  function lose(): void {
    if (!isLeading) return;
    isLeading = false;
    release = undefined;
    heardMs = Date.now();
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

  if (locks === undefined) lead();
  else void stand(locks, {});

  const stop = every(BEAT_MS, () => {
    const now = Date.now();
    const hasSlept = now - tickMs > FROZEN_AFTER_MS;
    tickMs = now;
    if (isLeading) return channel.postMessage('beat');
    // Having slept itself, it has heard nothing and can blame nobody yet.
    if (hasSlept) heardMs = now;
    else if (locks !== undefined && isVisible() && now - heardMs >= FROZEN_AFTER_MS) {
      heardMs = now;
      void stand(locks, { steal: true });
    }
  });

  return {
    async confirm() {
      if (!isLeading || locks === undefined) return isLeading;
      if (Date.now() - tickMs < FROZEN_AFTER_MS) return true;
      if ((await holderOf(locks, name)) === holder) return isLeading;
      lose();
      return false;
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
