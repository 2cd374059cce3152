import type { WaitingFile } from '#app/local-store/files.ts';
import type { UserId } from '#protocol/ids.ts';
import { MEDIA_PATH, USER_HEADER } from '#protocol/version.ts';
import { type Uploaded, outcomeOf } from './post-file.ts';

/** Sends the picture of an uploaded film that this browser has taken. A film without one is sent too. [MD13] */
export async function withPoster(
  userId: UserId,
  { facts, preview }: WaitingFile,
  uploaded: Uploaded,
  signal: AbortSignal,
): Promise<Uploaded> {
  if (uploaded.kind !== 'done' || facts.kind !== 'video' || preview === undefined) return uploaded;
  try {
    const answer = await fetch(`${MEDIA_PATH}/${uploaded.file.mediaId}/poster`, {
      method: 'PUT',
      headers: { [USER_HEADER]: userId, 'content-type': preview.type },
      body: preview,
      signal,
    });
    const outcome = outcomeOf(answer.status, await answer.text());
    return outcome.kind === 'done' ? outcome : uploaded;
  } catch {
    return uploaded;
  }
}
