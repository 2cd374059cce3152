import { elementScroll, measureElement, observeElementOffset, type Virtualizer } from '@tanstack/react-virtual';

type ListVirtualizer = Virtualizer<HTMLDivElement, Element>;

/**
 * Keeps the scroll position that the virtualizer knows up to date. It learns of a scroll by an event, which the browser sends a
 * frame later; until then it would compute the anchor of prepended or measured rows from the position before, and undo the
 * scroll. `catchUp` is to be called before anything that moves rows; the other functions are options of the virtualizer.
 * `onMeasure` is called with the index of each row whose height the browser reports.
 */
export function scrollPosition(onMeasure: (index: number) => void) {
  let virtualizer: ListVirtualizer | undefined;
  /** The position that the virtualizer knows: that of the last event, or of its own last write. */
  let known = 0;

  function catchUp(): void {
    const element = virtualizer?.scrollElement;
    if (virtualizer === undefined || element === null || element === undefined) return;
    const unseen = element.scrollTop - known;
    // A write is rounded to device pixels, so a smaller difference is not a scroll.
    if (Math.abs(unseen) < 1.5 || virtualizer.scrollOffset === null) return;
    known = element.scrollTop;
    virtualizer.scrollOffset += unseen;
  }

  return {
    catchUp,
    options: {
      observeElementOffset: (
        instance: ListVirtualizer,
        report: (offset: number, isScrolling: boolean) => void,
      ): void | (() => void) => {
        virtualizer = instance;
        return observeElementOffset(instance, (offset, isScrolling) => {
          known = offset;
          report(offset, isScrolling);
        });
      },
      scrollToFn: (...[offset, options, instance]: Parameters<typeof elementScroll<HTMLDivElement>>): void => {
        elementScroll(offset, options, instance);
        known = instance.scrollElement?.scrollTop ?? known;
      },
      measureElement: (element: Element, entry: ResizeObserverEntry | undefined, instance: ListVirtualizer): number => {
        catchUp();
        if (entry !== undefined) onMeasure(instance.indexFromElement(element));
        return measureElement(element, entry, instance);
      },
    },
  };
}
