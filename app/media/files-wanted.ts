import type { OutboxRow } from '#app/local-store/local-store.ts';
import { filesToUpload } from '#app/ops/files.ts';
import { syncError } from '#protocol/errors.ts';
import { isDirect, type MediaId, type StreamId, type UserId } from '#protocol/ids.ts';

/** The name of the lock that is held for uploading: by one tab, or by the service worker if there is no tab. */
export function uploadsLock(userId: UserId): string {
  return `teamlink-uploads-${userId}`;
}

/** The files to upload, each with its waiting message. Files are uploaded to a group only once it exists; a direct chat need not. [MD1] */
export function filesWanted(rows: readonly OutboxRow[]): Map<MediaId, OutboxRow> {
  const wanted = new Map<MediaId, OutboxRow>();
  const notCreated = new Set<StreamId>();
  for (const row of rows) {
    const { op, stream, state } = row;
    const isLate = isDirect(op.stream) ? state === 'failed' : state !== 'sent';
    if (op.kind === 'conversation.create' && isLate) notCreated.add(stream);
    if (state !== 'queued' || notCreated.has(stream)) continue;
    for (const id of filesToUpload(op)) wanted.set(id, row);
  }
  return wanted;
}

/** Final: the browser has cleared the file, so its message can never be sent. */
export function lostFile() {
  return syncError('not_found', 'the file is no longer on this device', { path: 'file' });
}
