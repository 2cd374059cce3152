import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
  type PrecacheEntry,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { fetchAhead } from './fetch-ahead.ts';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] };

const files = self.__WB_MANIFEST;
const urls = files.map((file) => (typeof file === 'string' ? file : file.url));
// Files with a revision bypass the browser's cache.
const hashed = urls.filter((url) => url.startsWith('assets/'));
self.addEventListener('install', (event) => event.waitUntil(fetchAhead(hashed)));
precacheAndRoute(files);
cleanupOutdatedCaches();

/** Every page is answered with the cached shell, even offline; the server's own paths never are. [S1] [S2] */
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('index.html'), {
    denylist: [/^\/api\//, /^\/socket\.io\//, /^\/(?:healthz|readyz|metrics)$/],
  }),
);

/** The data of the emoji picker is a fifth of the app, so it is cached only once it is used. These files never change. */
registerRoute(
  ({ url }) => url.origin === self.location.origin && /^\/assets\/[^/]*emojis-/.test(url.pathname),
  async ({ request }) => {
    const cache = await caches.open('emojis');
    const cached = await cache.match(request);
    if (cached !== undefined) return cached;
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  },
);
