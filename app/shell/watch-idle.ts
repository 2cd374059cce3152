import { locksInMs } from '#app/state/lock.ts';
import { lockChanged } from '#app/state/settings.ts';
import { settingsCaughtUp } from '#app/state/settings-in-tabs.ts';
import type { AppStore } from '#app/state/store.ts';
import { IN_USE } from '#app/ui/in-use.ts';

/** Including activity without input: a film that plays, a recording, and sounds. */
const USE = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'timeupdate', IN_USE] as const;
/** Each note of a use is stored and sent to the other tabs. */
const NOTED_EVERY_MS = 10_000;

/** Locks the app once no tab was used for the chosen time. Resolves when it is known whether that is so now. [SEC-55] */
export async function watchIdle(store: Pick<AppStore, 'getState' | 'dispatch'>, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** The lock, if the app is open. */
  function openLock() {
    const { lock } = store.getState().settings;
    return signal.aborted || lock?.isLocked === true ? undefined : lock;
  }
  /** Whether the time is over. If it is not, schedules the next check. */
  function isDue(): boolean {
    clearTimeout(timer);
    const lock = openLock();
    if (lock === undefined) return false;
    const inMs = locksInMs(lock, Date.now());
    if (inMs > 0) timer = setTimeout(() => void look(), inMs);
    return inMs <= 0;
  }
  async function look(): Promise<void> {
    if (!isDue()) return;
    // The timer of a tab that was frozen may fire before the tab learns that another one was used, or has another lock by now.
    await settingsCaughtUp();
    const lock = openLock();
    if (lock !== undefined && isDue()) store.dispatch(lockChanged({ ...lock, isLocked: true }));
  }
  function note() {
    const lock = openLock();
    const now = Date.now();
    if (lock === undefined) return;
    // If the time has passed while the device slept, the PIN is required before anything is shown.
    if (locksInMs(lock, now) <= 0) void look();
    else if (Math.abs(now - lock.usedAt) > NOTED_EVERY_MS) store.dispatch(lockChanged({ ...lock, usedAt: now }));
  }
  for (const kind of USE) addEventListener(kind, note, { signal, capture: true, passive: true });
  document.addEventListener('visibilitychange', () => void look(), { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));
  await look();
}
