import { Suspense, useEffect, useLayoutEffect, useState } from 'react';
import { useWords, withAllWords } from '#app/i18n/words.ts';
import { rulesOf } from '#app/ops/registry.ts';
import { isForgotten } from '#app/shown/conversation.ts';
import type { Client } from '#app/sync/client.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { Person } from '#protocol/http.ts';
import { directMembers, isDirect, type ConversationId } from '#protocol/ids.ts';
import { ChatPane } from './ChatPane.tsx';
import { ConversationBar, type DetailsToggle } from './ConversationBar.tsx';
import type { ForwardedMessages } from './forwarded-messages.ts';
import { OpenConversation } from './OpenConversation.tsx';
import { useConversationRows, type ConversationRows } from './use-conversation-rows.ts';
import { useKeptReply } from './use-kept-reply.ts';
import { useMessages } from './use-messages.ts';
import { useNames } from './use-names.ts';
import styles from './Conversation.module.css';

const MissingConversation = lazyComponent(withAllWords(() => import('./MissingConversation.tsx')));

const MISSING_SHOWN_AFTER_MS = 600;

interface ConversationProps {
  client: Client;
  stream: ConversationId;
  /** The name that is shown until the chat has been read; undefined if the list does not have it. */
  listedName: string | undefined;
  /** Receives the conversation's name for the page's title. */
  onName: (name: string) => void;
  /** Receives whether the device lacks the chat, once that is known. Such a chat has no details. */
  onMissing: (isMissing: boolean) => void;
  /** Opens the dialog that goes to another chat or to a person. */
  onSearch: (stream: ConversationId) => void;
  /** Opens the dialog that chooses where to forward messages. */
  onForward: (messages: ForwardedMessages) => void;
  details: DetailsToggle;
  /** Shows somebody's profile. The function must stay the same one, because the messages are memoized. */
  onPerson: (person: Person) => void;
  onDate: () => void;
}

/** One conversation. Key it by stream, so that no scroll position, draft or mark of one conversation leaks into the next. */
export function Conversation({ client, stream, listedName, onName, onMissing, ...passed }: ConversationProps) {
  const words = useWords();
  const rows = useConversationRows(client.store, stream);
  const firstSeq = rows?.memberRecords.find(({ userId }) => userId === client.userId)?.fromSeq ?? 1;
  const keptReply = useKeptReply(client, stream);
  const page = useMessages(client, stream, rows?.row, firstSeq);
  const names = useNames(client.store, stream, rows, page.messages);
  // Anybody may start a direct chat by its address, but only with themselves or with one other person.
  const mayBegin = isDirect(stream) && directMembers(stream).includes(client.userId);
  const isMissing = rows !== undefined && !mayBegin && isNotHere(rows);
  const hasLongBeenMissing = useHasLasted(isMissing);
  const name = isMissing ? words('chat.untitled') : (names?.name ?? listedName);
  useEffect(() => onName(name ?? ''), [name, onName]);
  // Before the first paint, so that the chat does not become wider on the screen.
  const isRead = rows !== undefined;
  useLayoutEffect(() => {
    if (isRead) onMissing(isMissing);
  }, [isRead, isMissing, onMissing]);

  const bar = isMissing ? (
    <h2 className={styles.name}>{name}</h2>
  ) : (
    name !== undefined && (
      <ConversationBar
        stream={stream}
        self={client.userId}
        name={name}
        onSearch={passed.onSearch}
        details={passed.details}
      />
    )
  );
  const loading = <ChatPane label={words('chat.messages')} bar={bar} isBusy />;
  if (rows === undefined || page.messages === undefined || names === undefined) return loading;
  if (isMissing) {
    if (!hasLongBeenMissing) return loading;
    return (
      <Suspense fallback={loading}>
        <MissingConversation client={client} stream={stream} bar={bar} />
      </Suspense>
    );
  }
  return (
    <OpenConversation
      {...passed}
      client={client}
      stream={stream}
      rows={rows}
      page={page}
      messages={page.messages}
      names={names}
      keptReply={keptReply}
    />
  );
}

/** Whether the device holds nothing that can be shown: the chat was never loaded, or was left and then removed from the device. */
function isNotHere({ row, outbox, draft }: ConversationRows): boolean {
  if (row === undefined) return true;
  const isUnsent = draft.text.trim() !== '' || outbox.some(({ op }) => rulesOf(op).message !== undefined);
  return isForgotten(row) && !isUnsent;
}

/** Whether a condition has held for a while. On a good link, a chat arrives on a new device before anybody could read that it is missing. */
function useHasLasted(condition: boolean): boolean {
  const [hasLasted, setLasted] = useState(false);
  useEffect(() => {
    if (!condition) return undefined;
    const timer = setTimeout(() => setLasted(true), MISSING_SHOWN_AFTER_MS);
    return () => {
      clearTimeout(timer);
      setLasted(false);
    };
  }, [condition]);
  return hasLasted;
}
