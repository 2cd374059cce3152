import { keptFilesOf } from '#app/local-store/kept-files.ts';
import { heldRuns } from '#app/local-store/runs.ts';
import type { Client } from '#app/sync/client.ts';
import { keepFile } from './keep-file.ts';
import { linkCost } from './may-download.ts';

/** How many messages are read at once. */
const STEP = 200;

/** Fetches the files of the chats that are kept offline, the newest first, as far as their messages are on this device. [CL18] */
export async function keepChats({ userId: self, store }: Pick<Client, 'userId' | 'store'>): Promise<void> {
  const files = keptFilesOf(self);
  const { offline } = await files.choices();
  for (const stream of offline) {
    const row = await store.conversation(stream);
    for (const [first, last] of row === undefined ? [] : heldRuns(row).toReversed())
      for (let toSeq = last; toSeq >= first; toSeq -= STEP) {
        const messages = await store.messages(stream, { fromSeq: Math.max(first, toSeq - STEP + 1), toSeq });
        const attached = messages
          .filter(({ deletedAt }) => deletedAt === undefined)
          .flatMap((each) => each.attachments);
        for (const file of attached.toReversed()) {
          if (files.ended.aborted || linkCost() === 'saving') return;
          await keepFile({ self, stream, file, isAsked: true }, files);
        }
      }
  }
}
