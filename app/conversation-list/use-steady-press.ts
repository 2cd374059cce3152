import { useCallback, useRef, type MouseEvent, type PointerEvent } from 'react';

/** A finger or a mouse that moves further than this between press and release was not meant to press. */
const MOVED_PX = 12;

interface Press {
  entry: HTMLElement;
  x: number;
  y: number;
}

/**
 * Handlers for the list. A press belongs to the chat on which it started, although a new message may move the entries before the
 * release: a touch would then click the entry that is there now, and a mouse would click nothing if the entry has moved in the
 * page.
 */
export function useSteadyPress() {
  const pressed = useRef<Press>(undefined);
  const take = useCallback((event: MouseEvent): HTMLElement | undefined => {
    const press = pressed.current;
    pressed.current = undefined;
    if (press === undefined || Math.hypot(event.clientX - press.x, event.clientY - press.y) > MOVED_PX)
      return undefined;
    return press.entry;
  }, []);

  const onPointerDown = useCallback((event: PointerEvent) => {
    const entry = event.button === 0 ? entryAround(event.target) : undefined;
    pressed.current = entry === undefined ? undefined : { entry, x: event.clientX, y: event.clientY };
  }, []);
  const onPointerUp = useCallback(
    (event: PointerEvent) => {
      if (event.pointerType !== 'mouse' || event.ctrlKey || event.metaKey || event.shiftKey) return;
      // The click, if there is one, comes before the next task.
      setTimeout(() => take(event)?.click());
    },
    [take],
  );
  const onClickCapture = useCallback(
    (event: MouseEvent) => {
      const entry = take(event);
      if (entry === undefined || entryAround(event.target) === entry) return;
      event.preventDefault();
      event.stopPropagation();
      entry.click();
    },
    [take],
  );
  const onPointerCancel = useCallback(() => {
    pressed.current = undefined;
  }, []);
  return { onPointerDown, onPointerUp, onPointerCancel, onClickCapture };
}

function entryAround(target: EventTarget): HTMLElement | undefined {
  return (target instanceof Element ? target.closest<HTMLElement>('[data-stream]') : null) ?? undefined;
}
