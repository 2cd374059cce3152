import { rm, writeFile } from 'node:fs/promises';
import { type SyncError, syncError } from '#protocol/errors.ts';
import type { MediaId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { type FileStore, thumbnailName } from './file-store.ts';
import type { Incoming } from './incoming.ts';
import { attachmentOf } from './media-row.ts';
import type { MediaRows } from './media-rows.ts';
import { readPicture } from './pictures.ts';

/** A small picture, which a browser has made of a film. */
export const POSTER_BYTES = 256 * 1024;

export type TakePoster = (
  user: UserId,
  id: MediaId,
  picture: Buffer,
) => Promise<{ attachment: Attachment } | { error: SyncError }>;

/**
 * Makes the thumbnail and the placeholder of a film from the picture that the uploader's browser took of it. The picture is
 * decoded and encoded again like every picture. This is allowed only while no message carries the film, because the facts of a
 * sent file never change. [MD13]
 */
export function createTakePoster(parts: { rows: MediaRows; store: FileStore; incoming: Incoming }): TakePoster {
  const { rows, store, incoming } = parts;
  return async (user, id, picture) => {
    const row = (await rows.find([id])).get(id);
    if (row === undefined || row.owner !== user)
      return { error: syncError('not_found', 'no such file', { path: 'id' }) };
    if (row.kind !== 'video' || row.claims.length > 0)
      return { error: syncError('conflict', 'only a film that was not sent yet gets a poster', { path: 'id' }) };
    const [given, clean, made] = [incoming.newPath(), incoming.newPath(), incoming.newPath()];
    try {
      await writeFile(given, picture);
      const found = await readPicture(given, clean);
      if (found === undefined) return { error: syncError('invalid', 'not a picture that can be read') };
      await writeFile(made, found.thumbnail);
      await store.put(thumbnailName(id), made);
      const poster = { thumbhash: found.thumbhash, hasThumbnail: true, stored: row.size + found.thumbnail.length };
      await rows.addPoster(id, poster);
      return { attachment: attachmentOf({ ...row, ...poster }) };
    } finally {
      for (const path of [given, clean, made]) await rm(path, { force: true });
    }
  };
}
