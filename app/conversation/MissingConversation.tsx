import { useLiveQuery } from 'dexie-react-hooks';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ConnectionBanner } from '#app/connection/ConnectionBanner.tsx';
import { useConnectionWords } from '#app/connection/use-connection-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { isForgotten } from '#app/shown/conversation.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import { ChatPane } from './ChatPane.tsx';
import styles from './Conversation.module.css';

interface MissingConversationProps {
  client: Client;
  stream: ConversationId;
  bar: ReactNode;
}

/**
 * Shown instead of a chat that the device does not hold, for example when a link is opened on a new device. Until the device has
 * caught up, the chat may still arrive.
 */
export default function MissingConversation({ client, stream, bar }: MissingConversationProps) {
  const words = useWords();
  const { store } = client;
  const phase = useAppSelector((state) => state.connection.connection.phase);
  const line = useConnectionWords(0);
  const mayCome = phase === 'connecting' || phase === 'catching-up';
  // Read after the device has caught up, because the view's own rows may be older.
  const isHere = useLiveQuery(async () => {
    if (mayCome) return undefined;
    const row = await store.conversation(stream);
    return row !== undefined && !isForgotten(row);
  }, [store, stream, mayCome]);
  if (!mayCome && isHere !== false) return <ChatPane label={words('chat.messages')} bar={bar} isBusy />;
  const title = words(mayCome ? 'chat.coming' : 'chat.missing');
  return (
    <ChatPane label={title} bar={bar} isBusy={mayCome}>
      {/* The shell asks somebody whose session has ended to sign in. */}
      {line !== undefined && line.kind !== 'unauthorized' && (
        <div className={styles.connection}>
          <ConnectionBanner client={client} line={line} />
        </div>
      )}
      <div className={styles.missing}>
        <EmptyState title={title} body={words(mayCome ? 'chat.comingBody' : 'chat.missingBody')}>
          <Link href={paths.list}>{words('chat.toList')}</Link>
        </EmptyState>
      </div>
    </ChatPane>
  );
}
