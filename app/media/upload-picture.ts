import type { MediaId, StreamId, UserId } from '#protocol/ids.ts';
import { MEDIA_PATH, USER_HEADER } from '#protocol/version.ts';
import { outcomeOf } from './post-file.ts';

/** The id of the uploaded picture. `full`: the server has no room for it now. Undefined if it could not be uploaded. [MD12] */
export async function uploadPicture(
  self: UserId,
  stream: StreamId,
  content: Blob,
): Promise<MediaId | 'full' | undefined> {
  const body = new FormData();
  body.append('stream', stream);
  body.append('kind', 'image');
  body.append('file', content, 'picture.jpg');
  try {
    const answer = await fetch(MEDIA_PATH, { method: 'POST', headers: { [USER_HEADER]: self }, body });
    const outcome = outcomeOf(answer.status, await answer.text());
    if (outcome.kind === 'done') return outcome.file.mediaId;
    return outcome.kind === 'wait' && outcome.isFull === true ? 'full' : undefined;
  } catch {
    return undefined; // offline
  }
}
