import { useRef, useState, type MouseEvent, type PointerEvent, type RefObject, type WheelEvent } from 'react';
import { CLOSE_UP, FITTED, type Size, type View, bounded, swipeOf, zoomed } from './view-transform.ts';

interface ViewGestures {
  stage: RefObject<HTMLElement | null>;
  /** The fitted picture. */
  picture: RefObject<HTMLElement | null>;
  onNext: () => void;
  onPrevious: () => void;
  onClose: () => void;
}

interface Point {
  x: number;
  y: number;
}

interface Touch {
  pointers: Map<number, Point>;
  /** Where and when one finger started, and what was shown then. */
  from: Point & { at: number; view: View };
}

/** Gestures of fingers, the mouse and the wheel on a picture in full screen. Everything except moving it has keys and buttons too. */
export function useViewGestures({ stage, picture, onNext, onPrevious, onClose }: ViewGestures) {
  const [view, setView] = useState<View>(FITTED);
  const touch = useRef<Touch>(undefined);
  const [isDragged, setDragged] = useState(false);

  const sizes = (): { picture: Size; stage: Size } => {
    const { clientWidth: width = 1, clientHeight: height = 1 } = stage.current ?? {};
    const { offsetWidth, offsetHeight } = picture.current ?? { offsetWidth: width, offsetHeight: height };
    return { picture: { width: offsetWidth, height: offsetHeight }, stage: { width, height } };
  };
  const keep = (next: View) => {
    const { picture: shown, stage: room } = sizes();
    return bounded(next, shown, room);
  };
  /** From the middle of the stage. */
  const pointOf = ({ clientX, clientY }: { clientX: number; clientY: number }): Point => {
    const box = stage.current?.getBoundingClientRect() ?? { left: 0, top: 0, width: 0, height: 0 };
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  };
  const zoomAt = (factor: number, at: Point) => setView((before) => keep(zoomed(before, factor, at)));

  function begin(pointers: Map<number, Point>): void {
    const [first = { x: 0, y: 0 }] = pointers.values();
    touch.current = { pointers, from: { ...first, at: performance.now(), view } };
  }

  const handlers = {
    onPointerDown(event: PointerEvent) {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      begin(new Map([...(touch.current?.pointers ?? []), [event.pointerId, pointOf(event)]]));
    },
    onPointerMove(event: PointerEvent) {
      const now = touch.current;
      const before = now?.pointers.get(event.pointerId);
      if (now === undefined || before === undefined) return;
      const point = pointOf(event);
      const other = [...now.pointers].find(([id]) => id !== event.pointerId)?.[1];
      now.pointers.set(event.pointerId, point);
      setDragged(true);
      if (other !== undefined) {
        const [wide, wideBefore] = [point, before].map(({ x, y }) => Math.hypot(x - other.x, y - other.y));
        const middle = { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 };
        return zoomAt((wide ?? 1) / Math.max(1, wideBefore ?? 1), middle);
      }
      const { from } = now;
      const moved = { scale: from.view.scale, x: from.view.x + point.x - from.x, y: from.view.y + point.y - from.y };
      // A fitted picture follows the finger sideways, or down.
      if (moved.scale > 1) return setView(keep(moved));
      const isAcross = Math.abs(moved.x) > Math.abs(moved.y);
      return setView({ scale: 1, x: isAcross ? moved.x : 0, y: isAcross ? 0 : Math.max(0, moved.y) });
    },
    onPointerUp(event: PointerEvent) {
      const now = touch.current;
      if (now === undefined) return;
      const point = pointOf(event);
      now.pointers.delete(event.pointerId);
      if (now.pointers.size > 0) return begin(now.pointers);
      touch.current = undefined;
      setDragged(false);
      setView(keep);
      if (view.scale > 1) return;
      const { from } = now;
      const swipe = swipeOf(
        { x: point.x - from.x, y: point.y - from.y, ms: performance.now() - from.at },
        sizes().stage,
      );
      if (swipe === 'next') onNext();
      if (swipe === 'previous') onPrevious();
      if (swipe === 'close') onClose();
    },
    onPointerCancel() {
      touch.current = undefined;
      setDragged(false);
      setView(keep);
    },
    onDoubleClick: (event: MouseEvent) => toggle(pointOf(event)),
    onWheel: (event: WheelEvent) => zoomAt(Math.exp(-event.deltaY / 300), pointOf(event)),
  };

  function toggle(at: Point = { x: 0, y: 0 }): void {
    if (view.scale > 1) setView(FITTED);
    else zoomAt(CLOSE_UP, at);
  }

  return {
    view,
    /** While a finger moves the picture, it follows without delay. */
    isDragged,
    handlers,
    toggle,
    zoomBy: (factor: number) => zoomAt(factor, { x: 0, y: 0 }),
    reset: () => setView(FITTED),
  };
}
