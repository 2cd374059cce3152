import type { MouseEvent } from 'react';

/**
 * Handles a press on a link to the list. If the list is the previous entry of the history, it goes back to that entry, so that
 * the browser's own Back does not find the list twice. Otherwise, and in browsers that do not expose their entries, the link
 * navigates as usual. [L5]
 */
export function backToList(event: MouseEvent): void {
  if (!('navigation' in window) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { currentEntry } = navigation;
  const before = currentEntry === null ? undefined : navigation.entries()[currentEntry.index - 1];
  if (before === undefined || before.url === null || new URL(before.url).pathname !== '/') return;
  event.preventDefault();
  history.back();
}
