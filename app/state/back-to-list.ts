import type { MouseEvent } from 'react';

/**
 * For the link back to the list: where the list is the entry before this one, the link goes back to it, so that the browser's
 * own Back does not meet the list twice. Otherwise, or where a browser does not tell, the link does what it says. [L5]
 */
export function backToList(event: MouseEvent): void {
  if (!('navigation' in window) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { currentEntry } = navigation;
  const before = currentEntry === null ? undefined : navigation.entries()[currentEntry.index - 1];
  if (before === undefined || before.url === null || new URL(before.url).pathname !== '/') return;
  event.preventDefault();
  history.back();
}
