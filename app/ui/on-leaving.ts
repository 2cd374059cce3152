/**
 * Calls `leave` whenever the page is hidden, shown again or closed; a hidden page may be closed without notice. Returns a function that
 * stops this.
 */
export function onLeaving(leave: () => void): () => void {
  addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', leave);
  return () => {
    removeEventListener('pagehide', leave);
    document.removeEventListener('visibilitychange', leave);
  };
}
