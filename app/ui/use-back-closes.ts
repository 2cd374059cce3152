import { useEffect, useEffectEvent } from 'react';

/** What was closed last has left its entry of the history, and the browser is on its way back from it. */
let isLeaving = false;
let last = 0;

/** Back, and the gesture for it on phones, closes what fills the screen. It has an entry of the history, which leaves with it. */
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
      // Whoever closes it to show something else has put that in its place.
      if (!isOwn()) return;
      isLeaving = true;
      addEventListener('popstate', () => (isLeaving = false), { once: true });
      history.back();
    };
  }, []);
}
