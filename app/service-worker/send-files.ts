import { filesOf } from '#app/local-store/files.ts';
import { filesWanted, lostFile, uploadsLock } from '#app/media/files-wanted.ts';
import { type Uploaded, formOf, outcomeOf } from '#app/media/post-file.ts';
import { isReadable } from '#app/media/readable.ts';
import { withPoster } from '#app/media/send-poster.ts';
import type { WaitingFile } from '#app/local-store/files.ts';
import type { UserId } from '#protocol/ids.ts';
import { MEDIA_PATH, USER_HEADER } from '#protocol/version.ts';
import type { OpenPerson } from './person.ts';

/**
 * Uploads the files that messages in the outbox wait for, as long as no tab does. Each is sent as one form, because the worker
 * lives for minutes at most; a page sends larger files in parts. Paused files stay. [CL13] [CL14]
 */
export async function sendFiles(person: OpenPerson, signal: AbortSignal): Promise<void> {
  await navigator.locks.request(uploadsLock(person.userId), { ifAvailable: true }, async (lock) => {
    if (lock !== null) await sendAll(person, signal);
  });
}

async function sendAll({ store, userId }: OpenPerson, signal: AbortSignal): Promise<void> {
  const files = filesOf(userId);
  const paused = new Set((await files.sending()).flatMap(({ id, isPaused }) => (isPaused === true ? [id] : [])));
  for (const [id, row] of filesWanted(await store.outbox())) {
    if (paused.has(id)) continue;
    const file = await files.waiting(id);
    const outcome: Uploaded =
      file === undefined || !(await isReadable(file.content))
        ? { kind: 'refused', error: lostFile() }
        : await withPoster(userId, file, await postForm(userId, file, signal), signal);
    if (outcome.kind === 'refused') await store.settle([{ id: row.id, ok: false, error: outcome.error }]);
    if (outcome.kind !== 'done') continue;
    await files.uploaded(id, outcome.file.mediaId);
    await store.replaceFile(id, outcome.file);
  }
}

async function postForm(userId: UserId, file: WaitingFile, signal: AbortSignal): Promise<Uploaded> {
  try {
    const headers = { [USER_HEADER]: userId };
    const answer = await fetch(MEDIA_PATH, { method: 'POST', headers, body: formOf(file), signal });
    return outcomeOf(answer.status, await answer.text());
  } catch {
    return { kind: 'wait' };
  }
}
