import type { MouseEvent } from 'react';
import { layerEntries } from '#app/ui/history-layers.ts';

/** Handles a press on a link to the list. In browsers that do not expose their entries, the link navigates as usual. [L5] */
export function backToList(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !isListBefore()) return;
  event.preventDefault();
  leavePage();
}

/** Whether the list is the previous page of the history: going back to it avoids a second entry for it. */
export function isListBefore(): boolean {
  if (!('navigation' in window)) return false;
  const { currentEntry } = navigation;
  const before = currentEntry === null ? undefined : navigation.entries()[currentEntry.index - 1 - layerEntries()];
  return before !== undefined && before.url !== null && new URL(before.url).pathname === '/';
}

/** Leaves the page for the previous one, with all that is open above it. */
export const leavePage = () => history.go(-1 - layerEntries());
