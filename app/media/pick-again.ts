import { filesOf } from '#app/local-store/files.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { ConversationId, MediaId, OpId, UserId } from '#protocol/ids.ts';
import type { MessageSendOp } from '#protocol/op.ts';
import { announceQueued } from './offered-files.ts';
import { prepareFile } from './prepare-file.ts';
import { waitingOf } from './queue-files.ts';
import { isReadable } from './readable.ts';

export interface FailedFiles {
  id: OpId;
  stream: ConversationId;
  /** The attachments in a waiting message. */
  attachments: readonly NonNullable<MessageSendOp['attachments']>[number][];
}

/**
 * Lets somebody pick the files of a failed message again that this device can no longer read, and sends the message with them.
 * Each file replaces the one for which it was picked. Rejects with StoreRefused, and the message then stays as it was. [CL14]
 */
export async function pickAgain(self: UserId, outbox: Outbox, message: FailedFiles): Promise<void> {
  const { id, stream, attachments } = message;
  const gone: FailedFiles['attachments'][number][] = [];
  for (const file of attachments) if (isLocalFile(file.mediaId) && !(await isHere(self, file.mediaId))) gone.push(file);
  const picked = gone.length === 0 ? [] : await pickFiles(gone.length > 1);
  if (picked === undefined) return;
  for (const [at, { mediaId, kind }] of gone.entries()) {
    const file = picked[at];
    if (file === undefined) break;
    const { attachment, file: waiting } = waitingOf(stream, await prepareFile(file, kind === 'document'));
    await filesOf(self).add([waiting]);
    await outbox.replaceFile(mediaId, attachment);
  }
  // A file that is still missing makes it fail again.
  await outbox.retry(id);
  announceQueued();
}

async function isHere(self: UserId, id: MediaId): Promise<boolean> {
  const file = await filesOf(self).waiting(id);
  return file !== undefined && isReadable(file.content);
}

/** Opens the browser's picker. Undefined if it was closed without a file. */
export async function pickFiles(multiple: boolean): Promise<File[] | undefined> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = multiple;
  input.hidden = true;
  // Some browsers open no picker for an input that is not in the page.
  document.body.append(input);
  try {
    return await new Promise((resolve) => {
      input.addEventListener('change', () => resolve([...(input.files ?? [])]));
      input.addEventListener('cancel', () => resolve(undefined));
      input.click();
    });
  } finally {
    input.remove();
  }
}
