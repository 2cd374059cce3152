import type { Dexie } from 'dexie';
import { namesOf } from './error-names.ts';

/** Why storage did not open. The app shows a sentence for each reason. */
export type StoreFailure =
  /** The browser stores nothing for this site: private window, blocked site data, no IndexedDB. */
  | 'missing'
  /** A newer version of the app has upgraded the database. */
  | 'newer'
  /** It was deleted while this tab was using it. */
  | 'gone'
  /** There is no space for what has to be stored before anything else. [REL-10] */
  | 'full'
  /** It exists and cannot be read. */
  | 'broken';

export type Opened<T> = { ok: true; value: T } | { ok: false; failure: StoreFailure };

const WAITING_AFTER_MS = 5_000;

/**
 * Opens a database, or returns why it could not. `onWaiting` is called if that takes long, because the device is busy or a tab with
 * an older version keeps the database open. There is no time limit: it opens as soon as it can.
 */
export async function openDatabase(
  database: Dexie,
  onWaiting?: () => void,
  waitingAfterMs?: number,
): Promise<StoreFailure | undefined> {
  const { verno } = database;
  const opening = database.open().then(
    // Dexie also opens databases of a newer version, and would write rows that that version cannot read.
    () => (Math.floor(nativeVersionOf(database) / 10) > verno ? ('newer' as const) : undefined),
    failureOf,
  );
  const failure = await reportingWait(opening, onWaiting, waitingAfterMs);
  if (failure !== undefined) database.close();
  return failure;
}

/** The result of opening a database; `onWaiting` is called if it takes long. */
export async function reportingWait<T>(
  opening: PromiseLike<T>,
  onWaiting: () => void = () => {},
  waitingAfterMs = WAITING_AFTER_MS,
): Promise<T> {
  const timer = setTimeout(onWaiting, waitingAfterMs);
  try {
    return await opening;
  } finally {
    clearTimeout(timer);
  }
}

/** Dexie multiplies its versions by ten, and increments the result when it has repaired a database. */
function nativeVersionOf(database: Dexie): number {
  return database.backendDB().version;
}

export function failureOf(error: unknown): StoreFailure {
  const names = namesOf(error);
  const has = (...wanted: string[]) => names.some((name) => wanted.includes(name));
  if (has('VersionError')) return 'newer';
  // Firefox and Safari report these if site data is blocked.
  if (has('MissingAPIError', 'SecurityError', 'InvalidStateError', 'NotAllowedError')) return 'missing';
  if (has('QuotaExceededError')) return 'full';
  return 'broken';
}
