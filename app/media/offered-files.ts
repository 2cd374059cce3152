/*
 * Files that are dropped or pasted arrive at the page, and the chat that is open takes them. Queued files are announced to the
 * code that uploads them. Both sides are far apart in the page, so they are connected here.
 */

type Take = (files: readonly File[]) => void;

const takers: Take[] = [];
const waiters = new Set<() => void>();

/** Returns a function that removes the receiver. The one that was added last gets the files. */
export function takeOfferedFiles(take: Take): () => void {
  takers.push(take);
  return () => void takers.splice(takers.indexOf(take), 1);
}

/** False if no chat accepts files now. */
export function offerFiles(files: readonly File[]): boolean {
  const take = takers.at(-1);
  if (take === undefined || files.length === 0) return false;
  take(files);
  return true;
}

export function announceQueued(): void {
  for (const listener of waiters) listener();
}

/** Returns a function that removes the listener. */
export function onFilesQueued(listener: () => void): () => void {
  waiters.add(listener);
  return () => waiters.delete(listener);
}
