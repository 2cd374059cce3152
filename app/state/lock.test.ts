import { expect, test } from 'vitest';
import { afterTry, locksInMs, newLock, pinWaitMs } from './lock.ts';
import { hashPin, isPin } from './pin.ts';
import { lockChanged, settingsReducer } from './settings.ts';
import { signedOut } from './session.ts';

test('[SEC-55] only a salted hash of a PIN is kept, and only that PIN matches it', async () => {
  const [one, other] = [await hashPin('4711'), await hashPin('4711')];
  expect(JSON.stringify(one)).not.toContain('4711');
  expect(one.hash).not.toBe(other.hash);
  expect([await isPin('4711', one), await isPin('4711 ', one), await isPin('', one)]).toEqual([true, false, false]);
});

test('[SEC-55] the fifth wrong PIN in a row and each one after it cause a wait, and a clock that is set back does not extend it', () => {
  expect([4, 5, 6, 20].map((wrong) => pinWaitMs({ wrong, triedAt: 1_000 }, 1_000))).toEqual([
    0, 30_000, 60_000, 60_000,
  ]);
  expect(pinWaitMs({ wrong: 20, triedAt: 1_000 }, 61_000)).toBe(0);
  expect(pinWaitMs({ wrong: 20, triedAt: 5_000_000 }, 0)).toBe(60_000);
});

test('[SEC-55] [REL-09] it locks after the chosen time without use, whatever happens to the clock, and signing out removes the lock', () => {
  const lock = newLock({ salt: 's', hash: 'h' }, 5, 1_000);
  expect([locksInMs(lock, 1_000), locksInMs(lock, 301_000), locksInMs(lock, 0)]).toEqual([300_000, 0, 300_000]);
  const wrong = afterTry({ ...lock, isLocked: true }, false, 500_000);
  expect(wrong).toMatchObject({ isLocked: true, wrong: 1, triedAt: 500_000 });
  expect(afterTry(wrong, true, 600_000)).toEqual({ ...lock, usedAt: 600_000 });
  const state = settingsReducer(undefined, lockChanged(lock));
  expect(state.lock).toEqual(lock);
  for (const end of [lockChanged(null), signedOut()]) expect(settingsReducer(state, end)).toEqual({ theme: 'system' });
});
