import { useRef, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';
import { takeKey } from '#app/ui/keys.ts';
import { isMenuKey, type MenuPress } from '#app/ui/menu-press.ts';
import { useMenuPress } from '#app/ui/use-menu-press.ts';

/** A swipe of this length replies. */
const SWIPE_PX = 56;
/** This close to the edge, a swipe is the system's gesture for going back. */
const EDGE_PX = 24;

interface MessageGestures {
  /** False if the message has no menu. */
  onMenu: (press?: MenuPress) => boolean;
  /** Absent if there is nothing to reply to. */
  onReply: (() => void) | undefined;
  onDoubleClick: (() => void) | undefined;
  /** While messages are being selected, a press, Enter or Space selects this one, or does nothing if it can't be selected. */
  selecting: { toggle: (() => void) | undefined } | undefined;
  /** Receives the keys that the message itself does not use. */
  onMove: (event: KeyboardEvent) => void;
}

/**
 * Gestures and keys on a message: right-click, long press, Enter, the menu key and Shift+F10 open its menu; a swipe to the right
 * replies; a double click reacts. Everything is in the menu too.
 */
export function useMessageGestures({ onMenu, onReply, onDoubleClick, selecting, onMove }: MessageGestures) {
  const article = useRef<HTMLElement>(null);
  const press = useMenuPress((at) => selecting !== undefined || onMenu(at));
  const swipe = useRef<{ x: number; y: number; by: number }>(undefined);

  const follow = (by: number) => {
    if (article.current !== null) article.current.style.transform = by === 0 ? '' : `translateX(${Math.min(by, 72)}px)`;
  };
  const end = (isDone: boolean) => {
    const by = swipe.current?.by ?? 0;
    swipe.current = undefined;
    follow(0);
    if (isDone && by >= SWIPE_PX) onReply?.();
  };

  const handlers = {
    ...press,
    onPointerDown(event: PointerEvent) {
      press.onPointerDown(event);
      const { pointerType, isPrimary, clientX: x, clientY: y } = event;
      swipe.current =
        pointerType === 'touch' && isPrimary && x > EDGE_PX && onReply && !selecting ? { x, y, by: 0 } : undefined;
    },
    onClickCapture(event: MouseEvent) {
      if (selecting === undefined) return press.onClickCapture(event);
      event.preventDefault();
      event.stopPropagation();
      selecting.toggle?.();
    },
    onPointerMove(event: PointerEvent) {
      press.onPointerMove(event);
      const start = swipe.current;
      if (start === undefined) return;
      const by = event.clientX - start.x;
      // A finger that moves vertically scrolls the page.
      start.by = by > 2 * Math.abs(event.clientY - start.y) ? by : 0;
      follow(start.by > 10 ? start.by : 0);
    },
    onPointerUp() {
      press.onPointerUp();
      end(true);
    },
    onPointerCancel() {
      press.onPointerCancel();
      end(false);
    },
    onDoubleClick(event: MouseEvent) {
      if (onDoubleClick === undefined || selecting !== undefined || !(event.target instanceof Element)) return;
      if (event.target.closest('[data-bubble]') === null || event.target.closest('a, button') !== null) return;
      // The double click has also selected a word.
      getSelection()?.removeAllRanges();
      onDoubleClick();
    },
    onKeyDown(event: KeyboardEvent) {
      takeKey(event, () => {
        // Links and buttons inside the message handle their own keys.
        if (event.target !== event.currentTarget) return;
        if (selecting !== undefined && (event.key === 'Enter' || event.key === ' ')) {
          event.preventDefault();
          selecting.toggle?.();
          return;
        }
        if (selecting !== undefined || (event.key !== 'Enter' && !isMenuKey(event))) return onMove(event);
        event.preventDefault();
        onMenu();
      });
    },
  };
  return { article, handlers };
}
