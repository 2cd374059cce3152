import * as v from 'valibot';
import { Failure } from '#protocol/errors.ts';
import type { MediaId } from '#protocol/ids.ts';
import { MEDIA_PATH } from '#protocol/version.ts';

/**
 * Whether the server says that it no longer has this file for this person. A file that is kept on the device is answered from there, and
 * the page of a proxy says nothing about it.
 */
export async function isGone(id: MediaId): Promise<boolean> {
  try {
    const answer = await fetch(`${MEDIA_PATH}/${id}`, { headers: { range: 'bytes=0-0' } });
    if (answer.status === 404) return v.is(Failure, await answer.json());
    await answer.body?.cancel();
    return false;
  } catch {
    return false; // offline
  }
}
