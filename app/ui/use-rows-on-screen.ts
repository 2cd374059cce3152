import { useCallback, useLayoutEffect, useState, type RefObject } from 'react';
import { drawnWith } from './roving.ts';
import { rowsOnScreen, topToShow } from './rows-on-screen.ts';

interface RowsOptions {
  scroller: RefObject<HTMLElement | null>;
  count: number;
  rowHeight: number;
  /** The index of the list's tab stop. */
  tabStop: number;
  /** The list is not shown yet: few rows are drawn until it is. */
  isHidden?: boolean;
}

/**
 * The indices of the rows that are in the page, in a long list of rows of equal height. A virtualizer that measures its rows is
 * twenty times as much code, and a first visit waits for the list of chats.
 */
export function useRowsOnScreen({ scroller, count, rowHeight, tabStop, isHidden = false }: RowsOptions) {
  // The first frame draws as many rows as the window could show.
  const [screen, setScreen] = useState(() => ({ top: 0, height: isHidden ? 0 : innerHeight }));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = () =>
      setScreen((known) => {
        const next = { top: element.scrollTop, height: element.clientHeight };
        return known.top === next.top && known.height === next.height ? known : next;
      });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller]);
  const scrollTo = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (element === null) return;
      element.scrollTo({ top: topToShow(index, { top: element.scrollTop, height: element.clientHeight }, rowHeight) });
    },
    [scroller, rowHeight],
  );
  return { drawn: drawnWith([tabStop], rowsOnScreen(screen, rowHeight, count)), scrollTo };
}
