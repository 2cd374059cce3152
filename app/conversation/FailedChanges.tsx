import { useLiveQuery } from 'dexie-react-hooks';
import { Suspense } from 'react';
import { withLaterWords } from '#app/i18n/words.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { conversationFailures } from '#app/shown/failures.ts';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';

const FailedNote = lazyComponent(withLaterWords(() => import('./FailedNote.tsx')));

/** Refused changes of the conversation itself, each with its reason, Retry and Discard. `rows`: its outbox. [ER2] */
export function FailedChanges({ client, rows }: { client: Client; rows: readonly OutboxRow[] }) {
  const { outbox, userId } = client;
  return conversationFailures(rows, userId).map((failed) => (
    <Suspense key={failed.id} fallback={null}>
      <FailedNote failed={failed} outbox={outbox} />
    </Suspense>
  ));
}

/** The same for a page that does not show the conversation itself. */
export function FailedChangesOf({ client, stream }: { client: Client; stream: ConversationId }) {
  const rows = useLiveQuery(() => client.store.outbox(stream), [client, stream]);
  return <FailedChanges client={client} rows={rows ?? []} />;
}
