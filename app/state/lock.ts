import type { HashedPin } from './pin.ts';

/** The lock of this device, the same in all tabs. Times are milliseconds since 1970. [SEC-55] */
export interface Lock extends HashedPin {
  minutes: number;
  /** When somebody last used the app. */
  usedAt: number;
  isLocked: boolean;
  /** How many PINs in a row were wrong, and when the last one was tried. */
  wrong: number;
  triedAt: number;
}

export function newLock(pin: HashedPin, minutes: number, nowMs: number): Lock {
  return { ...pin, minutes, usedAt: nowMs, isLocked: false, wrong: 0, triedAt: 0 };
}

/** How long until it locks if nobody uses the app. A clock that was set back does not delay it. [REL-09] */
export function locksInMs({ minutes, usedAt }: Lock, nowMs: number): number {
  const wholeMs = minutes * 60_000;
  return Math.min(wholeMs, usedAt + wholeMs - nowMs);
}

export function afterTry(lock: Lock, isRight: boolean, nowMs: number): Lock {
  return isRight
    ? { ...lock, isLocked: false, usedAt: nowMs, wrong: 0, triedAt: 0 }
    : { ...lock, wrong: lock.wrong + 1, triedAt: nowMs };
}

/** A person may mistype a few times, and somebody who tries all PINs soon waits a minute for each. */
export function pinWaitMs({ wrong, triedAt }: Pick<Lock, 'wrong' | 'triedAt'>, nowMs: number): number {
  if (wrong < 5) return 0;
  const waitMs = wrong === 5 ? 30_000 : 60_000;
  return Math.max(0, Math.min(waitMs, triedAt + waitMs - nowMs));
}
