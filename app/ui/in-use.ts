/** The event of `noteInUse`. */
export const IN_USE = 'teamlink-in-use';

/** Reports that somebody speaks or listens without touching the device, so that the app does not lock. [SEC-55] */
export function noteInUse(): void {
  dispatchEvent(new Event(IN_USE));
}
