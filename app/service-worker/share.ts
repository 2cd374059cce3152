import { registerRoute } from 'workbox-routing';
import { SHARE_PATH, SHARED_PAGE } from '#app/local-store/share-paths.ts';
import { keepShared, mayShare } from '#app/local-store/shared-in.ts';

import { signedIn } from './person.ts';

declare const self: ServiceWorkerGlobalScope;

/** Another app shares something: it is stored, and a page lets the person choose the chats. Nothing goes to the server. */
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname === SHARE_PATH,
  async ({ request }) => {
    if (!mayShare(request.referrer, self.location.origin)) return Response.redirect('/', 303);
    await keepShared(await request.formData(), await signedIn());
    return Response.redirect(SHARED_PAGE, 303);
  },
  'POST',
);
