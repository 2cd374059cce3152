import type { MouseEvent } from 'react';

/** Handles a press on a link to the list. In browsers that do not expose their entries, the link navigates as usual. [L5] */
export function backToList(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !isListBefore()) return;
  event.preventDefault();
  history.back();
}

/** Whether the list is the previous entry of the history: going back to it avoids a second entry for it. */
export function isListBefore(): boolean {
  if (!('navigation' in window)) return false;
  const { currentEntry } = navigation;
  const before = currentEntry === null ? undefined : navigation.entries()[currentEntry.index - 1];
  return before !== undefined && before.url !== null && new URL(before.url).pathname === '/';
}
