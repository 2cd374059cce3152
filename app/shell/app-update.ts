import { Workbox } from 'workbox-window';
import { workerAddress } from './worker-address.ts';

const CHECK_INTERVAL_MS = 3_600_000;
const FIRST_INSTALL_CHECK_MS = 5_000;

/** Offers a new version, which `activate` activates. */
type Offer = (activate: () => void) => void;

/**
 * Registers the service worker and watches for new versions of the app. None is ever activated automatically; once one is
 * activated in any tab, every tab reloads. [S3]
 */
export async function watchForUpdates(offer: Offer): Promise<void> {
  if (!import.meta.env.PROD) return;
  const address = workerAddress();
  const worker = watchedWorker(address, offer);
  // Never called for the first worker, which does not take over open pages.
  worker.addEventListener('controlling', () => location.reload());
  await registerUntilActive(() => worker.register());
  const check = () => void worker.update().catch(() => {});
  setInterval(check, CHECK_INTERVAL_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
}

function watchedWorker(address: ReturnType<typeof workerAddress>, offer: Offer): Workbox {
  const worker = new Workbox(address);
  worker.addEventListener('waiting', ({ isExternal }) => {
    // A page without a worker came from the network, so it is up to date.
    if (navigator.serviceWorker.controller !== null) offer(() => worker.messageSkipWaiting());
    // Workbox stops watching once the browser has found a version by itself, so another instance watches for the next one.
    if (isExternal === true)
      void watchedWorker(address, offer)
        .register()
        .catch(() => undefined);
  });
  return worker;
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
