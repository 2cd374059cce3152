import { useEffect, useState, type RefObject } from 'react';

/**
 * The ids of the messages in which the selection starts and ends. They must stay in the page: if their row is removed because it
 * is no longer near the screen, the browser cuts the selection off there.
 */
export function useSelectionEnds(list: RefObject<HTMLElement | null>): readonly string[] {
  const [ends, setEnds] = useState<readonly string[]>([]);
  useEffect(() => {
    const look = () => {
      const selection = getSelection();
      const found = [selection?.anchorNode, selection?.focusNode].flatMap((node) => idAround(node, list.current));
      setEnds((present) => (present.join() === found.join() ? present : found));
    };
    document.addEventListener('selectionchange', look);
    return () => document.removeEventListener('selectionchange', look);
  }, [list]);
  return ends;
}

function idAround(node: Node | null | undefined, list: HTMLElement | null): string[] {
  if (node === null || node === undefined || list === null || !list.contains(node)) return [];
  const element = node instanceof Element ? node : node.parentElement;
  const id = element?.closest<HTMLElement>('[data-message]')?.dataset['message'];
  return id === undefined ? [] : [id];
}
