export interface Point {
  clientX: number;
  clientY: number;
}

/** The parts of a pointer or context menu event that are used, so that React's events and a test's plain objects both fit. */
export interface PressEvent extends Point {
  pointerType?: string;
  isPrimary?: boolean;
  target: unknown;
  currentTarget: unknown;
  preventDefault: () => void;
  stopPropagation: () => void;
}

const HELD_MS = 500;
/** A resting finger trembles by a few pixels. A scroll moves further, and the browser then cancels the pointer anyway. */
const TREMBLE_PX = 10;

export interface MenuPress extends Point {
  isTouch: boolean;
}

/** Opens the menu; false if there is none, so that the browser may show its own. */
export type OpenMenu = (press: MenuPress) => boolean;

/**
 * The two gestures that open the menu of the element under the pointer: a right click, and a finger that rests for half a second. It
 * returns a function that makes the handlers for one element; the gesture continues when they are made again. A link
 * inside the element and selected text keep the browser's own menu; a button has none, and a finger beside it presses it too.
 */
export function menuPress() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: Point | undefined;
  /** The type of the last pointer, which React's context menu events do not report. */
  let pointer: string | undefined;
  /** The current touch has opened the menu. */
  let hasOpened = false;

  const end = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const openOnce = (open: OpenMenu, { clientX, clientY }: Point) => {
    end();
    hasOpened ||= open({ clientX, clientY, isTouch: true });
    return hasOpened;
  };

  return (open: OpenMenu) => ({
    onPointerDown(event: PressEvent) {
      end();
      hasOpened = false;
      pointer = event.pointerType;
      if (event.pointerType !== 'touch' || event.isPrimary === false || isOfPartInside(event)) return;
      const at = { clientX: event.clientX, clientY: event.clientY };
      start = at;
      timer = setTimeout(() => openOnce(open, at), HELD_MS);
    },
    onPointerMove({ clientX, clientY }: PressEvent) {
      if (start === undefined || timer === undefined) return;
      if (Math.hypot(clientX - start.clientX, clientY - start.clientY) > TREMBLE_PX) end();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu(event: PressEvent) {
      if (isOfPartInside(event) || (pointer === 'mouse' && isSelected(event))) return;
      // Some browsers send this event in the middle of a long press, some never do.
      const { clientX, clientY } = event;
      const isOpen = pointer === 'touch' ? openOnce(open, event) : open({ clientX, clientY, isTouch: false });
      if (isOpen) event.preventDefault();
    },
    /** The mouse events that browsers send after a touch would move the focus out of the menu, which closes it. */
    onTouchEnd(event: Pick<PressEvent, 'preventDefault'>) {
      if (hasOpened) event.preventDefault();
    },
    /** The click that ends a long press must not open the link that was pressed. */
    onClickCapture(event: PressEvent) {
      if (!hasOpened) return;
      hasOpened = false;
      event.preventDefault();
      event.stopPropagation();
    },
  });
}

function isOfPartInside({ target, currentTarget }: PressEvent): boolean {
  if (typeof Element === 'undefined' || !(target instanceof Element)) return false;
  const part = target.closest('a');
  return part !== null && part !== currentTarget;
}

function isSelected({ target }: PressEvent): boolean {
  if (typeof Node === 'undefined' || !(target instanceof Node)) return false;
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(target, true);
}

/** Shift+F10 and the menu key open the menu of what has the focus. */
export function isMenuKey(event: { key: string; shiftKey: boolean }): boolean {
  return event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
}
