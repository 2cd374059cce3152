import { workerAddress } from './worker-address.ts';

const CHECK_INTERVAL_MS = 3_600_000;
const FIRST_INSTALL_CHECK_MS = 5_000;

/** Offers a new version; it is activated by the function that is given. */
type Offer = (activate: () => void) => void;

/**
 * Registers the service worker and watches for new versions of the app. [S3] None is ever activated automatically; once one is, in
 * whatever tab, every tab reloads.
 */
export async function watchForUpdates(offer: Offer): Promise<void> {
  if (!import.meta.env.PROD) return;
  const { serviceWorker } = navigator;
  const address = workerAddress();
  let registration: ServiceWorkerRegistration | undefined;
  // The first worker takes over no page that is open.
  serviceWorker.addEventListener('controllerchange', () => location.reload());
  await untilActive(async () => {
    const registered = await serviceWorker.register(address);
    // After an installation that has failed it is another one.
    if (registered !== registration) watchRegistration(registered, offer);
    registration = registered;
  });
  const check = () => void registration?.update().catch(() => {});
  setInterval(check, CHECK_INTERVAL_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && check());
}

function watchRegistration(registration: ServiceWorkerRegistration, offer: Offer): void {
  const watch = (worker: ServiceWorker | null) => {
    const look = () => {
      // A page that no worker answered came from the network: it is new, and no worker takes it over.
      if (worker?.state === 'installed' && navigator.serviceWorker.controller !== null)
        offer(() => registration.waiting?.postMessage({ type: 'SKIP_WAITING' }));
    };
    worker?.addEventListener('statechange', look);
    look();
  };
  watch(registration.waiting);
  watch(registration.installing);
  registration.addEventListener('updatefound', () => watch(registration.installing));
}

/**
 * Registers until a worker is active. If the connection breaks before the first worker has fetched the whole app shell, the
 * browser discards it and does not try again by itself. The pauses grow, because some browsers never accept a worker.
 */
async function untilActive(register: () => Promise<void>): Promise<void> {
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
