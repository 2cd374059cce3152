import { memo, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { createTimeline, type TimelineItem } from '#app/shown/timeline.ts';
import type { Client } from '#app/sync/client.ts';
import { Pane } from '#app/ui/Pane.tsx';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { Person } from '#protocol/http.ts';
import { isDirect, type ConversationId, type OpId } from '#protocol/ids.ts';
import { mayEdit } from '#protocol/policies.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { Composer } from './Composer.tsx';
import { ConversationContext, QuotesContext } from './conversation-context.ts';
import { ConversationBar, type DetailsToggle } from './ConversationBar.tsx';
import { FailedChanges } from './FailedChanges.tsx';
import type { ForwardedMessages } from './forwarded-messages.ts';
import { HistoryRow } from './HistoryRow.tsx';
import { LeftNote } from './LeftNote.tsx';
import type { MessageDialog } from './MessageDialogs.tsx';
import { MessageList } from './MessageList.tsx';
import { mentionablePeople } from '#app/shown/mentions.ts';
import { missesUnread, type Place } from './opening.ts';
import { placesOf } from './places.ts';
import { quotedAs, quotesIn, type Quotes } from './quoted.ts';
import { Selection } from './selection.ts';
import { keepParts } from './shared-parts.ts';
import { UnfinishedEdit } from './UnfinishedEdit.tsx';
import type { ConversationRows } from './use-conversation-rows.ts';
import { useJumpTarget } from './use-jump-target.ts';
import { useMarkSeen } from './use-mark-seen.ts';
import { useMessageActions } from './use-message-actions.tsx';
import type { MessagePage } from './use-messages.ts';
import type { Names } from './use-names.ts';
import { useMessageNow, type MessageNow } from './use-message-now.ts';
import { useNewMessages } from './use-new-messages.ts';
import { useReact } from './use-react.ts';
import { useSelection } from './use-selection.ts';
import { useUnreadFetched } from './use-unread-fetched.ts';
import styles from './Conversation.module.css';

const MessageDialogs = lazyComponent(() => import('./MessageDialogs.tsx'));
const PinnedBar = lazyComponent(() => import('./PinnedBar.tsx'));
const SelectionBar = lazyComponent(() => import('./SelectionBar.tsx'));

interface OpenConversationProps {
  client: Client;
  stream: ConversationId;
  rows: ConversationRows;
  page: MessagePage;
  messages: readonly MessageRecord[];
  names: Names;
  onSearch: (stream: ConversationId) => void;
  onForward: (messages: ForwardedMessages) => void;
  details: DetailsToggle;
  onPerson: (person: Person) => void;
}

/** A conversation whose rows, messages and names have been read. Memoized, because most readings bring nothing new. */
export const OpenConversation = memo(function OpenConversation(props: OpenConversationProps) {
  const { client, stream, rows, page, messages, names, onSearch, onForward, details, onPerson } = props;
  const words = useWords();
  const { outbox, userId: self } = client;
  const { row, members, memberRecords, outbox: pending, role, hasLeft } = rows;
  const { opening, history, loadEarlier, showFrom } = page;
  const { nameOf, name, mentionable } = names;
  const heading = useRef<HTMLHeadingElement>(null);
  const [dialog, setDialog] = useState<MessageDialog>();
  const [replyTo, setReplyTo] = useState<OpId>();
  const [isAtEnd, setAtEnd] = useState(true);

  const sending = pending.findLast(({ op }) => op.kind === 'message.send')?.id;
  const { newFrom, newCount } = useNewMessages({ row, messages, opening, sending, self, isAtEnd, nameOf });
  const { target, jumpTo, isComing } = useJumpTarget(client, stream, showFrom);
  const onSeen = useMarkSeen(client, stream, row);
  const today = new Date(useNow()).setHours(0, 0, 0, 0);
  const isSeeking = useUnreadFetched({ client, stream, opening, row, messages, showFrom });
  // The line is not drawn above a message that is not the first unread one.
  const drawnFrom = isSeeking ? undefined : newFrom;
  const [timeline] = useState(createTimeline);
  const items = useMemo(
    () =>
      timeline({
        self,
        messages,
        outbox: pending,
        members: memberRecords,
        pins: row?.record?.pins ?? [],
        newFrom: drawnFrom,
      }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- where days start depends on the time zone, which may change
    [timeline, self, messages, pending, memberRecords, row, drawnFrom, today],
  );
  const onLoadEarlier = useCallback(() => {
    if (history === 'more' || history === 'stuck') void loadEarlier();
  }, [history, loadEarlier]);
  const onPlace = useCallback(
    (place: Place | undefined) => {
      if (place === undefined) placesOf(client).delete(stream);
      else placesOf(client).set(stream, place);
    },
    [client, stream],
  );
  const isTouch = !matchMedia('(hover: hover) and (pointer: fine)').matches;
  useEffect(() => {
    // On a phone the heading takes the focus: focusing the field would open the keyboard over the messages.
    if (isTouch) heading.current?.focus();
  }, [isTouch]);

  const onReply = useCallback(({ id }: TimelineItem) => setReplyTo(id), []);
  const onForwardMessage = useCallback(
    (messageId: OpId) => onForward({ stream, messageIds: [messageId] }),
    [onForward, stream],
  );
  const { selection, select, end: endSelection } = useSelection();
  const actionsOf = useMessageActions({
    stream,
    self,
    role,
    outbox,
    onDialog: setDialog,
    onReply,
    onForward: onForwardMessage,
    onSelect: select,
  });
  const people = useMemo(() => mentionablePeople(stream, members, self), [stream, members, self]);
  const toMention = async () => {
    const [seq] = row?.mentioned ?? [];
    if (seq === undefined) return;
    const [message] = await client.store.messages(stream, { fromSeq: seq, toSeq: seq });
    if (message !== undefined) await jumpTo(message.id);
  };
  const pins = row?.record?.pins ?? [];
  const editLast = () => {
    const last = items.findLast((item) => !item.isDeleted && mayEdit(self, item));
    if (last !== undefined) setDialog({ kind: 'edit', id: last.id });
  };
  const [keepQuotes] = useState(keepParts<Quotes>);
  const quotes = useMemo(() => keepQuotes(quotesIn(items, nameOf, words)), [keepQuotes, items, nameOf, words]);
  const repliedTo = useMessageNow(client, stream, replyTo, pending);
  const dialogMessage = useMessageNow(client, stream, dialog?.id, pending);
  const unfinished = rows.edits.find(({ id }) => dialog?.id !== id);
  const quotedNow = (message: MessageNow) =>
    message === undefined || message === null
      ? { who: '', text: message === null ? words('chat.deleted') : '' }
      : quotedAs(
          { ...message, isDeleted: message.deletedAt !== undefined, attachments: message.attachments },
          nameOf,
          words,
        );
  const react = useReact(stream, outbox, role !== undefined);
  const context = useMemo(() => {
    return {
      stream,
      self,
      outbox,
      nameOf,
      mentionable,
      actionsOf,
      react,
      reply: role === undefined ? undefined : onReply,
      jumpTo: (id: OpId) => void jumpTo(id),
      onPerson,
    };
  }, [stream, self, outbox, nameOf, mentionable, actionsOf, react, onReply, role, jumpTo, onPerson]);

  return (
    <ConversationContext value={context}>
      <Pane
        look="chat"
        label={name}
        back={selection === undefined && <BackLink to={paths.list} />}
        bar={
          selection !== undefined ? (
            selectionBar(selection.ids)
          ) : (
            <ConversationBar
              name={name}
              memberCount={members.length}
              hasLeft={hasLeft}
              heading={heading}
              onSearch={onSearch}
              details={details}
            />
          )
        }
      >
        {pins.length > 0 && (
          // Its place is kept, so that the messages don't move when its code is there.
          <Suspense fallback={<div className={styles.pinned} />}>
            <PinnedBar key={pins.join()} client={client} stream={stream} pins={pins} outbox={pending} />
          </Suspense>
        )}
        <QuotesContext value={quotes}>
          <Selection value={selection}>
            <MessageList
              items={items}
              history={
                <HistoryRow
                  history={isSeeking ? 'loading' : history}
                  missing={row === undefined || row.isWhole || hasLeft ? 0 : Math.max(0, row.historyStart - 1)}
                  beginning={beginning()}
                  onLoad={onLoadEarlier}
                />
              }
              isLoading={isSeeking || history === 'loading'}
              opening={opening}
              isSeeking={isSeeking}
              isContinuous={row === undefined || !missesUnread({ newFrom: (row.membership?.readSeq ?? 0) + 1 }, row)}
              today={today}
              unread={row?.unread ?? 0}
              newCount={newCount}
              mentioned={row?.mentioned?.length ?? 0}
              onMention={() => void toMention()}
              isAtEnd={isAtEnd}
              onAtEnd={setAtEnd}
              target={target}
              onLoadEarlier={onLoadEarlier}
              onSeen={onSeen}
              onPlace={onPlace}
            />
          </Selection>
        </QuotesContext>
        <div className={styles.note}>
          <p role="status" className={isComing ? styles.coming : undefined}>
            {isComing ? words('chat.messageComing') : ''}
          </p>
          <FailedChanges client={client} rows={pending} />
          {unfinished !== undefined && (
            <UnfinishedEdit
              edit={unfinished}
              onContinue={() => setDialog({ kind: 'edit', id: unfinished.id })}
              onDiscard={() => void client.store.dropEdit(unfinished.id)}
            />
          )}
        </div>
        {hasLeft ? (
          <LeftNote
            membership={row?.membership}
            nameOf={nameOf}
            draft={rows.draft.text}
            onDiscardDraft={() => void client.store.saveDraft(stream, '', rows.draft.text)}
            onForget={() => void client.store.forgetLeft(stream)}
          />
        ) : (
          <Composer
            client={client}
            stream={stream}
            name={name}
            draft={rows.draft}
            people={people}
            hasFocus={!isTouch}
            reply={replyTo === undefined ? undefined : { id: replyTo, ...quotedNow(repliedTo) }}
            onReplyEnd={() => setReplyTo(undefined)}
            onEditLast={editLast}
          />
        )}
        {dialog !== undefined && (
          <Suspense fallback={null}>
            <MessageDialogs
              store={client.store}
              open={dialog}
              message={dialogMessage}
              members={memberRecords}
              waiting={pending.find(({ id }) => id === dialog.id)}
              edit={rows.edits.find(({ id }) => id === dialog.id)}
              onClose={() => setDialog(undefined)}
            />
          </Suspense>
        )}
      </Pane>
    </ConversationContext>
  );

  function selectionBar(ids: ReadonlySet<OpId>) {
    return (
      <Suspense fallback={null}>
        <SelectionBar
          items={items}
          ids={ids}
          role={role}
          onForward={(messageIds) => onForward({ stream, messageIds })}
          onEnd={endSelection}
        />
      </Suspense>
    );
  }

  function beginning(): string {
    if (names.isNotes) return words('chat.beginningNotes');
    if (isDirect(stream)) return words('chat.beginningDirect', { name });
    // Somebody who has left no longer has the earlier messages on their device, so the list has no beginning to show.
    return hasLeft ? '' : words('chat.beginning');
  }
});
