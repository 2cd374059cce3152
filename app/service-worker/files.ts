import { registerRoute } from 'workbox-routing';
import { keptFilesOf } from '#app/local-store/kept-files.ts';
import type { MediaId } from '#protocol/ids.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import { keptAnswer } from './kept-answer.ts';
import { signedIn } from './person.ts';

declare const self: ServiceWorkerGlobalScope;

/** A file that is on the device is answered from there, in whole or in part, so that films play offline. [CL18] */
registerRoute(
  ({ url }) => url.origin === self.location.origin && idIn(url.pathname) !== undefined,
  async ({ request, url }) => (await kept(request, idIn(url.pathname))) ?? fetch(request),
);

function idIn(path: string): MediaId | undefined {
  const [, id] = new RegExp(`^${MEDIA_PATH}/([^/]+)$`).exec(path) ?? [];
  return id as MediaId | undefined;
}

async function kept(request: Request, id: MediaId | undefined): Promise<Response | undefined> {
  if (id === undefined) return undefined;
  try {
    const userId = await signedIn();
    const file = userId === undefined ? undefined : await keptFilesOf(userId).get(id);
    return file === undefined ? undefined : keptAnswer(file, request.headers.get('range') ?? undefined);
  } catch {
    // If the storage cannot be read, somebody who is online must still get the file.
    return undefined;
  }
}
