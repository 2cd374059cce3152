const KEY = 'deleted-after';

/** On a shared computer, nothing else outlives the page in which somebody deletes their account. It names nobody. [AC1] [SEC-54] */
export function leaveDeletedAfter(deletedAfter: string): void {
  try {
    sessionStorage.setItem(KEY, deletedAfter);
  } catch {
    // The browser blocks it, and the letter says the same.
  }
}

/** What the page before this one has left in the tab. Nothing stays of it. */
export function takeDeletedAfter(): string | undefined {
  try {
    const left = sessionStorage.getItem(KEY) ?? undefined;
    sessionStorage.removeItem(KEY);
    return left;
  } catch {
    return undefined;
  }
}
