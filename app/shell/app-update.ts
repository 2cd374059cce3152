const CHECKED_EVERY_MS = 3_600_000;

/**
 * Registers the service worker and watches for a new version of the app. [S3] [S7] `onWaiting` gets the function that makes
 * it the present one: then, and never by itself, every tab loads again.
 */
export async function watchForUpdates(onWaiting: (activate: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const { Workbox } = await import('workbox-window');
  const worker = new Workbox('/sw.js');
  worker.addEventListener('waiting', () => onWaiting(() => worker.messageSkipWaiting()));
  // `isUpdate` is false for a first worker: the page that installed it is the newest already.
  worker.addEventListener('controlling', (event) => {
    if (event.isUpdate === true || event.isExternal === true) location.reload();
  });
  await worker.register();
  const check = () => void worker.update().catch(() => {});
  setInterval(check, CHECKED_EVERY_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
}

const RELOADED = 'reloaded-for-chunk';

/**
 * A chunk of an older build that is gone from the server: load again, once, for a loop would help nobody. [S5] One that
 * can't be fetched just now is another matter: loading again without a network would take the whole app away.
 */
export function survivesMissingChunks(): void {
  addEventListener('vite:preloadError', ({ payload }) => void loadAgainIfGone(payload));
}

async function loadAgainIfGone({ message }: Error): Promise<void> {
  const [address] = /(?:https?:\/\/|\/)\S+\.(?:js|css)/.exec(message) ?? [];
  if (address === undefined || sessionStorage.getItem(RELOADED) !== null) return;
  if (!(await isGone(address))) return;
  sessionStorage.setItem(RELOADED, '1');
  location.reload();
}

async function isGone(address: string): Promise<boolean> {
  try {
    return (await fetch(address, { method: 'HEAD', cache: 'no-store' })).status === 404;
  } catch {
    return false; // nobody answered
  }
}
