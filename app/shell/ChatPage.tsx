import { memo, useCallback, useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { Conversation } from '#app/conversation/Conversation.tsx';
import type { ForwardedMessages } from '#app/conversation/forwarded-messages.ts';
import { FailedChangesOf } from '#app/conversation/FailedChanges.tsx';
import { detailsPath } from '#app/links/paths.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { updateMembership } from '#app/ops/own.ts';
import { shownConversation } from '#app/shown/conversation.ts';
import { detailsShown } from '#app/state/navigation.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { withAllWords } from '#app/i18n/words.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { Person } from '#protocol/http.ts';
import { isDirect, isGroup, type ConversationId } from '#protocol/ids.ts';
import { Details } from './lazy-details.ts';
import { LazyPane } from './LazyPane.tsx';
import { useEscape } from './use-escape.ts';
import { useIsWide } from './use-is-wide.ts';
import styles from './Shell.module.css';

const ProfileDialog = lazyExtra(
  withAllWords(async () => {
    const { ProfileDialog: dialog } = await import('#app/details/ProfileDialog.tsx');
    return { default: dialog };
  }),
);
const DateDialog = lazyExtra(withAllWords(() => import('#app/details/DateDialog.tsx')));
const AddPeople = lazyExtra(withAllWords(() => import('#app/people/AddPeople.tsx')));

export interface ChatPageProps {
  client: Client;
  stream: ConversationId;
  isDetails: boolean;
  /** The chat's name in the list; undefined if the list does not have it. */
  listedName: string | undefined;
  /** Whether the list has been read and does not have the chat. */
  isUnlisted: boolean;
  onName: (name: string) => void;
  onSearch: (stream: ConversationId) => void;
  onForward: (messages: ForwardedMessages) => void;
}

/** A chat and its details: side by side if there is room, otherwise on two pages. Memoized, because the list changes more often. */
export default memo(function ChatPage(props: ChatPageProps) {
  const { client, stream, isDetails, listedName, isUnlisted, onName, onSearch, onForward } = props;
  const dispatch = useAppDispatch();
  const [, navigate] = useLocation();
  const isWide = useIsWide();
  const isSetToShow = useAppSelector(({ navigation }) =>
    isDirect(stream) ? navigation.showsDirectDetails === true : navigation.hidesDetails !== true,
  );
  /** The group's name while people are being added to it. */
  const [adding, setAdding] = useState<string>();
  /** The sender whose profile is shown. */
  const [person, setPerson] = useState<Person>();
  const [isDating, setDating] = useState(false);
  // Until the chat's rows have been read, the list says whether the device has the chat.
  const [isMissing, setMissing] = useState(isUnlisted && isGroup(stream));
  const askDate = useCallback(() => setDating(true), []);
  const isBeside = isWide && !isMissing && (isSetToShow || isDetails);

  const isOpen = isWide || !isDetails;
  useEffect(() => {
    // On a device that is full, the mark stays.
    if (isOpen) endMarkedUnread(client, stream).catch(() => undefined);
  }, [isOpen, client, stream]);

  const toChat = useCallback(() => navigate(chatPath(stream), { replace: true }), [navigate, stream]);
  const show = useCallback(
    (on: boolean) => {
      dispatch(detailsShown({ on, isDirect: isDirect(stream) }));
      if (isDetails) toChat();
    },
    [dispatch, stream, isDetails, toChat],
  );
  const hide = useCallback(() => show(false), [show]);
  useEscape(isBeside ? hide : isDetails ? toChat : undefined);
  // The same object in every render, because the chat is memoized.
  const details = useMemo(
    () =>
      isWide ? { isShown: isBeside, onPress: () => show(!isBeside) } : { onPress: () => navigate(detailsPath(stream)) },
    [isWide, isBeside, show, navigate, stream],
  );

  async function message(to: Person): Promise<void> {
    setPerson(undefined);
    navigate(chatPath(await client.outbox.startDirect(to)));
  }

  return (
    <>
      {isOpen && (
        <main className={styles.main}>
          <Conversation
            client={client}
            stream={stream}
            listedName={listedName}
            onName={onName}
            onMissing={setMissing}
            onSearch={onSearch}
            onForward={onForward}
            onPerson={setPerson}
            onDate={askDate}
            details={details}
          />
        </main>
      )}
      {isBeside && (
        <aside className={styles.details}>
          <LazyPane>
            <Details client={client} stream={stream} onAdd={setAdding} onHide={hide} />
          </LazyPane>
        </aside>
      )}
      {isDetails && !isWide && (
        <main className={styles.main}>
          <LazyPane backTo={chatPath(stream)}>
            <Details client={client} stream={stream} onAdd={setAdding} onMissing={toChat}>
              <FailedChangesOf client={client} stream={stream} />
            </Details>
          </LazyPane>
        </main>
      )}
      {person !== undefined && (
        <ProfileDialog
          client={client}
          person={person}
          onMessage={() => void message(person)}
          onClose={() => setPerson(undefined)}
        />
      )}
      {isDating && <DateDialog client={client} stream={stream} onClose={() => setDating(false)} />}
      {adding !== undefined && (
        <AddPeople client={client} stream={stream} name={adding} onClose={() => setAdding(undefined)} />
      )}
    </>
  );
});

/** A chat that was marked as unread loses the mark when it is opened. [OP16] */
async function endMarkedUnread({ store, outbox }: Client, stream: ConversationId): Promise<void> {
  const row = await store.snapshot(async (reading) => {
    const [held, queued] = await Promise.all([reading.conversation(stream), reading.outbox(stream)]);
    return held && shownConversation(held, queued, store.userId);
  });
  if (row?.membership?.unreadAt !== undefined) await outbox.queue(updateMembership(stream, { unread: false }));
}
