/** One tab of a person leads. [CL5] The lock goes to the next tab when the leading one ends; a frozen one holds it still. */
const BEAT_MS = 2_000;
const FROZEN_AFTER_MS = 9_000;

interface LeaderParts {
  name: string;
  /** Only a tab that is looked at takes the lock from a silent leader: hidden ones have slow clocks themselves. */
  isVisible: () => boolean;
  onLead: () => void;
  /** The lock was taken away, by a tab that held this one for frozen. */
  onLost: () => void;
}

export function runForLeader({ name, isVisible, onLead, onLost }: LeaderParts): {
  isLeading(): boolean;
  close(): void;
} {
  const channel = new BroadcastChannel(`${name}-beat`);
  let isLeading = false;
  let isClosed = false;
  let lastBeatAt = Date.now();
  let release: (() => void) | undefined;

  channel.addEventListener('message', () => {
    lastBeatAt = Date.now();
  });

  function request(options: LockOptions): void {
    navigator.locks
      .request(name, options, () => {
        if (isClosed) return undefined;
        isLeading = true;
        channel.postMessage('beat');
        onLead();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      })
      .catch(() => {
        // Stolen. This tab stands in line again, like every other one.
        if (!isLeading || isClosed) return;
        isLeading = false;
        lastBeatAt = Date.now();
        onLost();
        request({});
      });
  }
  request({});

  const timer = setInterval(() => {
    if (isLeading) return channel.postMessage('beat');
    if (!isVisible() || Date.now() - lastBeatAt < FROZEN_AFTER_MS) return;
    lastBeatAt = Date.now();
    request({ steal: true });
  }, BEAT_MS);

  return {
    isLeading: () => isLeading,
    close() {
      isClosed = true;
      isLeading = false;
      clearInterval(timer);
      channel.close();
      release?.();
    },
  };
}
