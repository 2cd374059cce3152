import { filesOf, type WaitingFile } from '#app/local-store/files.ts';
import { localFileId } from '#app/ops/files.ts';
import { sendMessage } from '#app/ops/messages.ts';
import { scheduleMessage } from '#app/ops/scheduled.ts';
import type { Client } from '#app/sync/client.ts';
import { uuidV7, type ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { Attachment } from '#protocol/record.ts';
import { announceQueued } from './offered-files.ts';
import type { PreparedFile } from './prepare-file.ts';
import { correctedNow } from '#app/ui/server-clock.ts';

/**
 * Stores files on the device, then the messages that carry them, up to ten files each, with the caption on the first. A crash in
 * between leaves files without a message, which are removed at the next start: no message ever lacks its file. [CL1] [CL14] `at`: when
 * the server is to send them; absent: now. [SM1]
 */
export async function queueFiles(
  client: Client,
  stream: ConversationId,
  files: readonly PreparedFile[],
  caption: string,
  at?: Date,
): Promise<void> {
  const waiting = files.map((prepared) => waitingOf(stream, prepared));
  await filesOf(client.userId).add(waiting.map(({ file }) => file));
  for (let from = 0; from < waiting.length; from += limits.attachments) {
    const attachments = waiting.slice(from, from + limits.attachments).map(({ attachment }) => attachment);
    const message = { text: from === 0 ? caption.toWellFormed() : '', attachments };
    // A millisecond apart, because the server sends in the order of the times.
    const dueAt = at === undefined ? undefined : new Date(at.getTime() + from / limits.attachments);
    await client.outbox.queue(
      dueAt === undefined ? sendMessage(stream, message, correctedNow()) : scheduleMessage(stream, message, dueAt),
    );
  }
  announceQueued();
}

/** A file with an id of this device, in the form in which it is stored and that of its message. */
export function waitingOf(stream: ConversationId, { file, kind, facts, preview }: PreparedFile) {
  const mediaId = localFileId(uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10))));
  const name = file.name.toWellFormed();
  const attachment: Attachment = { mediaId, kind, name, mime: file.type, size: file.size, ...facts };
  const { thumbhash: _found, ...sent } = facts;
  const stored: WaitingFile = {
    id: mediaId,
    stream,
    content: file,
    // The server measures pictures itself.
    facts: { kind, name, ...(kind === 'image' ? {} : sent) },
    ...(preview === undefined ? {} : { preview }),
    addedAt: Date.now(),
  };
  return { attachment, file: stored };
}
