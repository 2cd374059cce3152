import type { Virtualizer } from '@tanstack/react-virtual';
import { expect, test } from 'vitest';
import { scrollPosition } from './scroll-position.ts';

/** A virtualizer at 500 px whose element reports scrolls only when `tell` is called, like a browser in the next frame. */
function attached() {
  const element = {
    scrollTop: 500,
    addEventListener: () => {},
    removeEventListener: () => {},
    scrollTo({ top }: { top: number }) {
      element.scrollTop = top;
    },
  };
  const list = { scrollElement: element, scrollOffset: 500, targetWindow: {}, options: {} };
  const instance = list as unknown as Virtualizer<HTMLDivElement, Element>;
  const position = scrollPosition(() => {});
  position.options.observeElementOffset(instance, () => {});
  position.options.scrollToFn(500, {}, instance);
  return { element, list, instance, position };
}

test('[C9] a scroll that the virtualizer has not been told of is known before rows move', () => {
  const { element, list, position } = attached();
  element.scrollTop -= 240;
  position.catchUp();
  expect(list.scrollOffset).toBe(260);
  position.catchUp();
  expect(list.scrollOffset).toBe(260);
});

test('[C9] the virtualizer’s own write does not count as a scroll', () => {
  const { element, list, instance, position } = attached();
  // Prepended rows: the virtualizer has moved its offset already, and now moves the element.
  list.scrollOffset = 3_100;
  position.options.scrollToFn(3_100, {}, instance);
  position.catchUp();
  expect([element.scrollTop, list.scrollOffset]).toEqual([3_100, 3_100]);
  element.scrollTop += 30;
  position.catchUp();
  expect(list.scrollOffset).toBe(3_130);
});
