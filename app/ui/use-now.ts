import { useSyncExternalStore } from 'react';
import { minuteClock } from './minute-clock.ts';

const clock = minuteClock((look) => {
  // A frozen or sleeping page's timer may be late; one of these events comes first when it wakes up.
  const targets: readonly [EventTarget, string][] = [
    [document, 'visibilitychange'],
    [document, 'resume'],
    [window, 'pageshow'],
    [window, 'focus'],
  ];
  for (const [target, event] of targets) target.addEventListener(event, look);
  return () => {
    for (const [target, event] of targets) target.removeEventListener(event, look);
  };
});

/** The current time, updated every minute, so that today becomes yesterday without a reload. */
export function useNow(): Date {
  return useSyncExternalStore(clock.subscribe, clock.present);
}
