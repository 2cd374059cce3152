import { appWorker } from './app-worker.ts';

const CHECK_INTERVAL_MS = 3_600_000;
const FIRST_INSTALL_CHECK_MS = 5_000;

/**
 * Registers the service worker and watches for a new version of the app. [S3] `onWaiting` receives the function that activates
 * it, after which every tab reloads. It is never activated automatically.
 */
export async function watchForUpdates(onWaiting: (activate: () => void) => void): Promise<void> {
  if (!import.meta.env.PROD) return;
  const worker = appWorker();
  worker.addEventListener('waiting', () => onWaiting(() => worker.messageSkipWaiting()));
  // The first worker must not reload the page that installed it, because that has the newest version already.
  let isControlled = navigator.serviceWorker.controller !== null;
  worker.addEventListener('controlling', ({ isUpdate }) => {
    if (isControlled || isUpdate === true) location.reload();
    isControlled = true;
  });
  await registerUntilActive(() => worker.register());
  const check = () => void worker.update().catch(() => {});
  setInterval(check, CHECK_INTERVAL_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
}

/**
 * Registers until a worker is active. If the connection breaks before the first worker has fetched the whole app shell, the
 * browser discards it and does not try again by itself. The pauses grow, because some browsers never accept a worker.
 */
async function registerUntilActive(register: () => Promise<unknown>): Promise<void> {
  for (let pauseMs = FIRST_INSTALL_CHECK_MS; ; pauseMs = Math.min(2 * pauseMs, CHECK_INTERVAL_MS)) {
    await register().catch(() => undefined);
    let registration: ServiceWorkerRegistration | undefined;
    do {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      registration = await navigator.serviceWorker.getRegistration();
      if (registration?.active) return;
    } while (registration?.installing || registration?.waiting);
  }
}
