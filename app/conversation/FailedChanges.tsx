import { useLiveQuery } from 'dexie-react-hooks';
import type { Client } from '#app/sync/client.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { FailedNote } from './FailedNote.tsx';
import { conversationFailures } from '#app/shown/failures.ts';

/** Refused changes of the conversation itself, each with its reason, Retry and Discard. [ER2] */
export function FailedChanges({ client, stream }: { client: Client; stream: ConversationId }) {
  const { store, outbox } = client;
  const rows = useLiveQuery(() => store.outbox(stream), [store, stream]);
  return conversationFailures(rows ?? [], client.userId).map((failed) => (
    <FailedNote key={failed.id} failed={failed} outbox={outbox} />
  ));
}
