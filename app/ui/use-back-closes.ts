import { useEffect, useEffectEvent } from 'react';

/** The last one was closed, and the browser is still going back from its entry of the history. */
let isLeaving = false;
let last = 0;

/**
 * The browser's Back, and the gesture for it on phones, closes a view that fills the screen. The view has its own entry of the
 * history, which is removed when it closes.
 */
export function useBackCloses(onClose: () => void): void {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    last += 1;
    const id = last;
    const isOwn = () => (history.state as { cover?: number } | null)?.cover === id;
    const enter = () => history.pushState({ cover: id }, '');
    let isEntered = !isLeaving;
    if (isEntered) enter();
    function moved(): void {
      if (isEntered) return isOwn() ? undefined : close();
      isEntered = true;
      return enter();
    }
    addEventListener('popstate', moved);
    return () => {
      removeEventListener('popstate', moved);
      // If it was closed to show something else, that has replaced its entry.
      if (!isOwn()) return;
      isLeaving = true;
      addEventListener('popstate', () => (isLeaving = false), { once: true });
      history.back();
    };
  }, []);
}
