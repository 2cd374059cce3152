import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isAttended, onAttention } from './attention.ts';

const page = Object.assign(new EventTarget(), { visibilityState: 'visible', hasFocus: (): boolean => true });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('document', page);
  vi.stubGlobal('window', new EventTarget());
  Object.assign(page, { visibilityState: 'visible', hasFocus: (): boolean => true });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('[C10] somebody looks at a visible page that has the focus', () => {
  expect(isAttended()).toBe(true);
  page.hasFocus = () => false;
  expect(isAttended()).toBe(false);
  Object.assign(page, { visibilityState: 'hidden', hasFocus: () => true });
  expect(isAttended()).toBe(false);
});

test('[C10] a scroll in a window without the focus counts for a while, and actions before it lost the focus do not', () => {
  let told = 0;
  const stop = onAttention(() => (told += 1));
  window.dispatchEvent(new Event('keydown'));
  page.hasFocus = () => false;
  expect(isAttended()).toBe(false);
  window.dispatchEvent(new Event('wheel'));
  expect([told, isAttended()]).toEqual([1, true]);
  vi.advanceTimersByTime(2_001);
  expect(isAttended()).toBe(false);
  stop();
  window.dispatchEvent(new Event('wheel'));
  expect(isAttended()).toBe(false);
});
