import { useLiveQuery } from 'dexie-react-hooks';
import { filesOf } from '#app/local-store/files.ts';
import { hasUnsentFiles } from '#app/local-store/forget-unsent.ts';
import { textsIn } from '#app/local-store/unsent-polls.ts';
import type { unsentWords } from '#app/shown/unsent.ts';
import type { Client } from '#app/sync/client.ts';

export interface Unfinished extends Pick<Parameters<typeof unsentWords>[0], 'edits' | 'polls'> {
  /** Files or a recording have not been sent. */
  hasFiles: boolean;
}

/** Edits and polls that are being written, and whether there are unsent files; undefined while they are read. */
export function useUnfinished(client: Client): Unfinished | undefined {
  return useLiveQuery(() => readUnfinished(client), [client]);
}

/** If the device cannot read them, the person can sign out all the same. */
async function readUnfinished({ store, userId }: Client): Promise<Unfinished> {
  const files = filesOf(userId);
  const [edits, forms, hasFiles] = await Promise.all([
    store.edits().catch(() => []),
    files.unsent.polls.toArray().then(
      (rows) => rows,
      () => [],
    ),
    hasUnsentFiles(files).catch(() => false),
  ]);
  return { hasFiles, edits, polls: forms.map((form) => ({ stream: form.stream, text: textsIn(form).join('\n') })) };
}
