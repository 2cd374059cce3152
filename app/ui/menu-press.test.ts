import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { menuPress, type PressEvent } from './menu-press.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function gesture() {
  const opened: string[] = [];
  const prevented: string[] = [];
  const press = menuPress()(
    ({ clientX, clientY, isTouch }) => opened.push(`${isTouch ? 'touch' : 'mouse'} ${clientX},${clientY}`) > 0,
  );
  const event = (x: number, y: number, pointerType = 'touch'): PressEvent => ({
    clientX: x,
    clientY: y,
    pointerType,
    isPrimary: true,
    target: undefined,
    currentTarget: undefined,
    preventDefault: () => prevented.push(`${x},${y}`),
    stopPropagation: () => {},
  });
  return { press, event, opened, prevented };
}

test('a finger that trembles during a long press opens the menu once, at its place', () => {
  const { press, event, opened } = gesture();
  press.onPointerDown(event(50, 50));
  for (let moved = 1; moved <= 3; moved += 1) press.onPointerMove(event(50 + moved, 50 - moved));
  vi.advanceTimersByTime(700);
  expect(opened).toEqual(['touch 50,50']);
});

test('a finger that scrolls, or is lifted early, does not open the menu', () => {
  const { press, event, opened } = gesture();
  press.onPointerDown(event(50, 50));
  press.onPointerMove(event(50, 62));
  vi.advanceTimersByTime(700);
  press.onPointerDown(event(50, 50));
  press.onPointerCancel();
  vi.advanceTimersByTime(700);
  press.onPointerDown(event(50, 50));
  press.onPointerUp();
  vi.advanceTimersByTime(700);
  expect(opened).toEqual([]);
});

test('a long press opens once in browsers that send a context menu event too, and its click presses nothing', () => {
  const { press, event, opened, prevented } = gesture();
  press.onPointerDown(event(50, 50));
  vi.advanceTimersByTime(500);
  // React's event does not report the pointer type.
  const { pointerType: _, ...unsaid } = event(50, 50);
  press.onContextMenu(unsaid);
  press.onPointerUp();
  press.onTouchEnd(event(51, 50));
  press.onClickCapture(event(51, 51));
  expect(opened).toEqual(['touch 50,50']);
  expect(prevented).toEqual(['50,50', '51,50', '51,51']);
  press.onClickCapture(event(52, 52));
  expect(prevented).toHaveLength(3);
});

test('a right click opens the menu where it is pressed, each time', () => {
  const { press, event, opened } = gesture();
  press.onPointerDown(event(10, 10, 'mouse'));
  press.onContextMenu(event(10, 10, 'mouse'));
  press.onContextMenu(event(20, 20, 'mouse'));
  expect(opened).toEqual(['mouse 10,10', 'mouse 20,20']);
});
