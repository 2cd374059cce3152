import type { Dexie } from 'dexie';
import { namesOf } from './error-names.ts';

/** Why storage did not open. Each has its sentence on the screen; none is a defect of ours alone. */
export type StoreFailure =
  /** The browser keeps nothing for this site: private window, blocked site data, no IndexedDB. */
  | 'missing'
  /** A newer version of the app has written here. */
  | 'newer'
  /** It is there and can't be read. */
  | 'broken';

export type Opened<T> = { ok: true; value: T } | { ok: false; failure: StoreFailure };

const WAITING_AFTER_MS = 5_000;

/**
 * Opens a database, or says why not. `onWaiting`: it takes long, because the device is busy or an older tab does not let go.
 * No reason to give up: it opens as soon as it can.
 */
export async function openDatabase(
  database: Dexie,
  onWaiting: () => void = () => {},
  waitingAfterMs = WAITING_AFTER_MS,
): Promise<StoreFailure | undefined> {
  const timer = setTimeout(onWaiting, waitingAfterMs);
  const { verno } = database;
  const failure = await database
    .open()
    .then(
      // Dexie opens what a newer version has written, too, and would write there what that one can't read.
      () => (Math.floor(nativeVersionOf(database) / 10) > verno ? ('newer' as const) : undefined),
      (error: unknown) => failureOf(error),
    )
    .finally(() => clearTimeout(timer));
  if (failure !== undefined) database.close();
  return failure;
}

/** Dexie multiplies its versions by ten, and counts on from there where it has mended a database. */
function nativeVersionOf(database: Dexie): number {
  return database.backendDB().version;
}

function failureOf(error: unknown): StoreFailure {
  const names = namesOf(error);
  const has = (...wanted: string[]) => names.some((name) => wanted.includes(name));
  if (has('VersionError')) return 'newer';
  // Firefox and Safari answer these where site data is blocked.
  if (has('MissingAPIError', 'SecurityError', 'InvalidStateError', 'NotAllowedError')) return 'missing';
  return 'broken';
}
