import type { AccountProblem } from '#app/i18n/account-words.ts';
import { obstacleOf } from '#app/sync/obstacle.ts';
import type { MediaId, StreamId, UserId } from '#protocol/ids.ts';
import { MEDIA_PATH, USER_HEADER } from '#protocol/version.ts';
import { outcomeOf } from './post-file.ts';

/** `full`: the server has no room for it now. */
export type PictureProblem = AccountProblem | { kind: 'full' };

/** The id of the uploaded picture, or why it could not be uploaded. [MD12] */
export async function uploadPicture(
  self: UserId,
  stream: StreamId,
  content: Blob,
): Promise<{ id: MediaId } | { problem: PictureProblem }> {
  const body = new FormData();
  body.append('stream', stream);
  body.append('kind', 'image');
  body.append('file', content, 'picture.jpg');
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(MEDIA_PATH, { method: 'POST', headers: { [USER_HEADER]: self }, body, redirect: 'manual' });
    text = await answer.text();
  } catch {
    return { problem: { kind: 'offline' } };
  }
  const outcome = outcomeOf(answer.status, text);
  return outcome.kind === 'done' ? { id: outcome.file.mediaId } : { problem: problemOf(answer, text, outcome) };
}

function problemOf(
  answer: Response,
  text: string,
  outcome: Exclude<ReturnType<typeof outcomeOf>, { kind: 'done' }>,
): PictureProblem {
  const { status } = answer;
  if (outcome.kind === 'refused') {
    const { path, code } = outcome.error;
    if (path === 'origin') return { kind: 'obstacle', obstacle: 'address' };
    return { kind: 'refused', status, code: path === 'quota' ? path : code };
  }
  if (outcome.isFull === true) return { kind: 'full' };
  if (status === 429)
    return { kind: 'rate-limited', ...(outcome.ms === undefined ? {} : { retryAfterMs: outcome.ms }) };
  const obstacle = obstacleOf(answer, isJson(text) ? {} : undefined);
  if (obstacle !== undefined) return { kind: 'obstacle', obstacle };
  return status >= 400 && status < 500 ? { kind: 'refused', status } : { kind: 'server' };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
