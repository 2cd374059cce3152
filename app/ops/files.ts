import type { MediaId } from '#protocol/ids.ts';
import type { Op, OpOf } from '#protocol/op.ts';
import type { Attachment } from '#protocol/record.ts';

/*
 * A file that has not been uploaded yet has an id of this device, which its message carries while it waits in the outbox. Once
 * the file is uploaded, the server's description replaces it, and the message can be sent.
 */

const LOCAL = 'local_';

export function localFileId(unique: string): MediaId {
  return `${LOCAL}${unique}` as MediaId;
}

export function isLocalFile(id: MediaId): boolean {
  return id.startsWith(LOCAL);
}

/** It sends a message of its own, now or later. */
export function mayCarryFiles(op: Op): op is OpOf<'message.send' | 'message.schedule'> {
  return op.kind === 'message.send' || op.kind === 'message.schedule';
}

/** The files that an op waits for. */
export function filesToUpload(op: Op): MediaId[] {
  if (!mayCarryFiles(op)) return [];
  return (op.attachments ?? []).flatMap(({ mediaId }) => (isLocalFile(mediaId) ? [mediaId] : []));
}

/** The op with the local file replaced by another one. */
export function withFile(op: Op, local: MediaId, by: Attachment): Op {
  if (!mayCarryFiles(op) || op.attachments === undefined) return op;
  return { ...op, attachments: op.attachments.map((each) => (each.mediaId === local ? by : each)) };
}
