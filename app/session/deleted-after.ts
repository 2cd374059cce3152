const KEY = 'deleted-after';

/**
 * Keeps, for the next page of this tab, until when somebody can keep the account that they have deleted on a shared computer. Nothing
 * else is kept there, and it names nobody. [AC1] [SEC-54]
 */
export function keepDeletedAfter(deletedAfter: string): void {
  try {
    sessionStorage.setItem(KEY, deletedAfter);
  } catch {
    // The browser blocks the storage. The person gets the date by email too.
  }
}

/** The date that the page before this one has kept, which is removed. */
export function takeDeletedAfter(): string | undefined {
  try {
    const left = sessionStorage.getItem(KEY) ?? undefined;
    sessionStorage.removeItem(KEY);
    return left;
  } catch {
    return undefined;
  }
}
