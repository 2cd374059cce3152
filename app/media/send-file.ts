import type { Files } from '#app/local-store/files.ts';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import type { UserId } from '#protocol/ids.ts';
import { UPLOADS_PATH, USER_HEADER } from '#protocol/version.ts';
import { type PostFile, postFile } from './post-file.ts';
import { RESUMABLE_BYTES } from './resumable-size.ts';
import { withPoster } from './send-poster.ts';
import { textSent } from './text-first.ts';

/** Sends small files as a form, and larger ones in parts, with code that is loaded when the first of them is sent. */
export function createSendFile(store: Pick<LocalStore, 'outbox' | 'onListChange'>, files: Files): PostFile {
  let resumable: Promise<PostFile> | undefined;

  async function load(): Promise<PostFile> {
    const { createSendResumable } = await importWithRetry(() => import('./send-resumable.ts'));
    return createSendResumable({
      endpoint: `${location.origin}${UPLOADS_PATH}`,
      startedUpload: async (id) => (await files.sending()).find((each) => each.id === id),
      noteSending: files.noteSending,
      mayContinue: () => textSent(store),
      async ask(url) {
        const answer = await fetch(url);
        return { status: answer.status, text: await answer.text() };
      },
      now: () => performance.now(),
    });
  }

  return async (userId, file, onProgress, signal) => {
    const send = file.content.size <= RESUMABLE_BYTES ? postFile : await (resumable ??= load());
    return withPoster(userId, file, await send(userId, file, onProgress, signal), signal);
  };
}

/** Deletes what the server holds of an upload. False if it could not be reached; otherwise it is gone, or expires by itself. */
export async function endUpload(userId: UserId, url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0', [USER_HEADER]: userId } });
    return true;
  } catch {
    return false;
  }
}
