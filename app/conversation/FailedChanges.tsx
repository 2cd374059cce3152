import { useLiveQuery } from 'dexie-react-hooks';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { FailedNote } from './FailedNote.tsx';
import { otherFailures } from '#app/shown/timeline.ts';

/** Changes of the chat itself that the server refused: each with its reason, Retry and Discard. [ER2] */
export function FailedChanges({ client, stream }: { client: Client; stream: ConversationId }) {
  const { store, outbox } = client;
  const waiting = useLiveQuery(() => store.outbox(stream), [store, stream]);
  return otherFailures(waiting ?? []).map((row) => (
    <FailedNote key={row.id} row={row} outbox={outbox} self={client.userId} />
  ));
}
