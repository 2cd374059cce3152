import { importWithRetry } from '#app/ui/lazy-component.ts';

const CHECKED_EVERY_MS = 3_600_000;
const INSTALL_LOOKED_AT_MS = 5_000;

/**
 * Registers the service worker and watches for a new version of the app. [S3] `onWaiting` gets the function that makes
 * it the present one: then, and never by itself, every tab loads again.
 */
export async function watchForUpdates(onWaiting: (activate: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const { Workbox } = await importWithRetry(() => import('workbox-window'));
  const worker = new Workbox('/sw.js');
  worker.addEventListener('waiting', () => onWaiting(() => worker.messageSkipWaiting()));
  // Its first worker takes over a page without disturbing it: the page that installed it is the newest already.
  let isControlled = navigator.serviceWorker.controller !== null;
  worker.addEventListener('controlling', ({ isUpdate }) => {
    if (isControlled || isUpdate === true) location.reload();
    isControlled = true;
  });
  await installed(() => worker.register());
  const check = () => void worker.update().catch(() => {});
  setInterval(check, CHECKED_EVERY_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
}

/**
 * A link can break before the first worker has the whole shell: the browser forgets it then, and has to be asked again. Less
 * and less often, for some browsers never let one in.
 */
async function installed(register: () => Promise<unknown>): Promise<void> {
  for (let pauseMs = INSTALL_LOOKED_AT_MS; ; pauseMs = Math.min(2 * pauseMs, CHECKED_EVERY_MS)) {
    await register().catch(() => undefined);
    let registration: ServiceWorkerRegistration | undefined;
    do {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      registration = await navigator.serviceWorker.getRegistration();
      if (registration?.active) return;
    } while (registration?.installing || registration?.waiting);
  }
}
