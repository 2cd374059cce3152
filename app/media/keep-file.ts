import { keptFilesOf, type KeptFiles } from '#app/local-store/kept-files.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import { linkCost, mayDownload } from './may-download.ts';

interface Wanted {
  self: UserId;
  stream: ConversationId;
  file: Attachment;
  /** True if somebody has opened it, or has chosen to keep its chat; the setting for downloads then does not matter. */
  isAsked: boolean;
}

/** One after the other, so that the link is free for files that somebody is waiting for. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Fetches a file in the background and keeps it on this device, if that is wanted and it is not there yet. [CL18] The kept files are
 * those from before the wait, because files that are opened after a sign-out would create the database again. [SEC-49]
 */
export function keepFile(wanted: Wanted, files = keptFilesOf(wanted.self)): Promise<void> {
  const next = last.then(() => fetchAndKeep(wanted, files)).catch(() => undefined); // offline: it is requested again when it is seen again
  last = next;
  return next;
}

async function fetchAndKeep({ stream, file, isAsked }: Wanted, files: KeptFiles): Promise<void> {
  if (files.ended.aborted) return;
  if (isLocalFile(file.mediaId) || !navigator.onLine) return;
  if (!isAsked && !mayDownload(file, linkCost(), await files.choices())) return;
  if (await files.has(file.mediaId)) return;
  const answer = await fetch(`${MEDIA_PATH}/${file.mediaId}`, { priority: 'low', signal: files.ended });
  if (answer.status !== 200) return;
  const [mime, disposition] = ['content-type', 'content-disposition'].map((name) => answer.headers.get(name) ?? '');
  // A network's sign-in page in place of the file has no such header.
  if (mime === undefined || disposition === undefined || disposition === '') return;
  await files.keep({ id: file.mediaId, stream, content: await answer.blob(), mime, disposition });
}
