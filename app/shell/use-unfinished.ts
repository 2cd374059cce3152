import { useLiveQuery } from 'dexie-react-hooks';
import { filesOf } from '#app/local-store/files.ts';
import { textsIn } from '#app/local-store/unsent-polls.ts';
import type { unsentWords } from '#app/shown/unsent.ts';
import type { Client } from '#app/sync/client.ts';

export type Unfinished = Pick<Parameters<typeof unsentWords>[0], 'edits' | 'polls'>;

/** Edits and polls that are being written; undefined while they are read. */
export function useUnfinished(client: Client): Unfinished | undefined {
  return useLiveQuery(() => readUnfinished(client), [client]);
}

/** If the device cannot read them, the person can sign out all the same. */
async function readUnfinished({ store, userId }: Client): Promise<Unfinished> {
  const polls = filesOf(userId).unsent.polls.toArray();
  const [edits, forms] = await Promise.all([
    store.edits().catch(() => []),
    polls.then(
      (rows) => rows,
      () => [],
    ),
  ]);
  return { edits, polls: forms.map((form) => ({ stream: form.stream, text: textsIn(form).join('\n') })) };
}
