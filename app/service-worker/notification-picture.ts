import { filesOf } from '#app/local-store/files.ts';
import { pictureOf } from '#app/media/picture-of.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';

/** How long a notification waits for a picture that is not on the device yet. */
const FETCHED_WITHIN_MS = 2_000;

/** The picture of a person or group as a `data:` address, which a notification shows offline too; undefined if there is none. */
export async function pictureAddress(userId: UserId, id: string | undefined): Promise<string | undefined> {
  if (id === undefined) return undefined;
  const picture = await pictureOf(filesOf(userId), id as MediaId, AbortSignal.timeout(FETCHED_WITHIN_MS));
  if (picture === undefined) return undefined;
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => resolve(undefined));
    reader.readAsDataURL(picture);
  });
}
