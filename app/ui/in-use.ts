/** The event of `noteInUse`. */
export const IN_USE = 'teamlink-in-use';

/** Somebody speaks or listens without touching the device, so the app does not lock. [SEC-55] */
export function noteInUse(): void {
  dispatchEvent(new Event(IN_USE));
}
