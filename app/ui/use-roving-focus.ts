import { useCallback, useState, type KeyboardEvent, type RefObject } from 'react';
import { rovingTarget } from './roving.ts';

interface RovingFocusOptions {
  list: RefObject<HTMLElement | null>;
  /** The items' keys, in order. */
  keys: readonly string[];
  /** The attribute that holds an item's key in the page. */
  attribute: `data-${string}`;
  /** The index of the tab stop before any item has had the focus. */
  initial: number;
}

/** A list with one tab stop, within which arrows, Home, End and Page keys move the focus. [A4] */
export function useRovingFocus({ list, keys, attribute, initial }: RovingFocusOptions) {
  const [active, setActive] = useState<{ key: string; index: number }>();
  const found = active === undefined ? initial : keys.indexOf(active.key);
  // When the active item has been removed, the item that took its place becomes the tab stop.
  const tabStop = found < 0 ? Math.min(active?.index ?? Infinity, keys.length - 1) : found;
  /** The item that took the place of a removed active item. */
  const successor = active === undefined || found >= 0 ? undefined : keys[tabStop];

  const activate = useCallback((key: string, index: number) => setActive({ key, index }), []);
  const focusItem = useCallback(
    (key: string) =>
      list.current?.querySelector<HTMLElement>(`[${attribute}="${CSS.escape(key)}"]`)?.focus({ preventScroll: true }),
    [list, attribute],
  );

  /** Handles a key: activates the item that it leads to, has it scrolled into view, and focuses it once it is rendered. */
  const move = useCallback(
    (event: KeyboardEvent, scrollTo: (index: number) => void) => {
      const index = rovingTarget(event, tabStop, keys.length);
      const key = index === undefined ? undefined : keys[index];
      if (index === undefined || key === undefined) return;
      event.preventDefault();
      setActive({ key, index });
      scrollTo(index);
      requestAnimationFrame(() => focusItem(key));
    },
    [tabStop, keys, focusItem],
  );
  return { tabStop, successor, activate, focusItem, move };
}
