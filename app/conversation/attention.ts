/** How long a scroll or a press in a window without the focus counts as looking at it. */
const USED_MS = 2_000;
const USES = ['pointerdown', 'wheel', 'keydown', 'touchstart'] as const;

let usedUntilMs = 0;

/** Whether somebody is looking at the page: it is visible, and it has the focus or is being used. [C10] */
export function isAttended(): boolean {
  return document.visibilityState === 'visible' && (document.hasFocus() || performance.now() < usedUntilMs);
}

/** Calls the listener when the attention may have changed; returns a function that removes it. */
export function onAttention(listener: () => void): () => void {
  const use = () => {
    if (document.hasFocus()) return;
    usedUntilMs = performance.now() + USED_MS;
    listener();
  };
  document.addEventListener('visibilitychange', listener);
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  for (const event of USES) window.addEventListener(event, use, { capture: true, passive: true });
  return () => {
    document.removeEventListener('visibilitychange', listener);
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
    for (const event of USES) window.removeEventListener(event, use, { capture: true });
  };
}
