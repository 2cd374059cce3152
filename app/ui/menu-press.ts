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
/** A resting finger trembles by a few pixels. Whoever scrolls moves further, and the browser then cancels the pointer anyway. */
const TREMBLE_PX = 10;

/** Opens the menu; false if there is none, so that the browser may show its own. */
export type OpenMenu = (at: Point) => boolean;

/**
 * The two gestures that open a menu of what is under the pointer: a right click, and a finger that rests for half a second. It
 * returns a function that makes the handlers for one element; the gesture continues when they are made again. A link or a button
 * inside the element and selected text keep the browser's own menu.
 */
export function menuPress() {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start: Point | undefined;
  /** The present touch has opened the menu. */
  let hasOpened = false;

  const end = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const openOnce = (open: OpenMenu, at: Point) => {
    end();
    hasOpened ||= open(at);
    return hasOpened;
  };

  return (open: OpenMenu) => ({
    onPointerDown(event: PressEvent) {
      end();
      hasOpened = false;
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
      if (isOfPartInside(event) || (event.pointerType === 'mouse' && isSelected(event))) return;
      // Some browsers send this event in the middle of a long press, some never do.
      const isOpen = event.pointerType === 'touch' ? openOnce(open, event) : open(event);
      if (isOpen) event.preventDefault();
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
  const part = target.closest('a, button');
  return part !== null && part !== currentTarget;
}

function isSelected({ target }: PressEvent): boolean {
  if (typeof Node === 'undefined' || !(target instanceof Node)) return false;
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && selection.containsNode(target, true);
}
