import { useLiveQuery } from 'dexie-react-hooks';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { useAppSelector } from '#app/state/store.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import type { ConversationId } from '#protocol/ids.ts';

/**
 * Shown instead of a chat that the device does not hold, for example when a link is opened on a new device. Until the device has
 * caught up, the chat may still arrive.
 */
export default function MissingConversation({ store, stream }: { store: ViewStore; stream: ConversationId }) {
  const words = useWords();
  const phase = useAppSelector((state) => state.connection.connection.phase);
  const mayCome = phase === 'connecting' || phase === 'catching-up';
  // Read after the device has caught up, because the view's own rows may be older.
  const isHere = useLiveQuery(
    async () => (mayCome ? undefined : (await store.conversation(stream)) !== undefined),
    [store, stream, mayCome],
  );
  if (!mayCome && isHere !== false) return <Pane look="chat" label={words('chat.messages')} isBusy />;
  const title = words(mayCome ? 'chat.coming' : 'chat.missing');
  return (
    <Pane look="chat" label={title} isBusy={mayCome}>
      <EmptyState title={title} body={words(mayCome ? 'chat.comingBody' : 'chat.missingBody')}>
        <Link href={paths.list}>{words('chat.toList')}</Link>
      </EmptyState>
    </Pane>
  );
}
