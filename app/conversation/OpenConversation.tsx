import { memo, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { BackLink } from '#app/links/BackLink.tsx';
import { paths } from '#app/links/paths.ts';
import { blockPerson } from '#app/ops/own.ts';
import { hiddenIn, withoutBlocked } from '#app/shown/withheld.ts';
import { createTimeline, type TimelineItem } from '#app/shown/timeline.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Pane } from '#app/ui/Pane.tsx';
import { lazyComponent, lazyExtra } from '#app/ui/lazy-component.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { Person } from '#protocol/http.ts';
import { directPeer, isDirect, type ConversationId, type OpId } from '#protocol/ids.ts';
import { mayEdit } from '#protocol/policies.ts';
import type { MessageRecord } from '#protocol/record.ts';
import { Composer } from './Composer.tsx';
import { ConversationContext, QuotesContext } from './conversation-context.ts';
import { ConversationBar, type DetailsToggle } from './ConversationBar.tsx';
import { FailedChanges } from './FailedChanges.tsx';
import type { ForwardedMessages } from './forwarded-messages.ts';
import { gapAbove, GapsContext, type Gaps } from './gaps.ts';
import { HistoryRow } from './HistoryRow.tsx';
import type { MessageDialog } from './MessageDialogs.tsx';
import { MessageList } from './MessageList.tsx';
import { mentionablePeople } from '#app/shown/mentions.ts';
import { unreadHeldTo, type Place } from './opening.ts';
import { placesOf } from './places.ts';
import { quotedAs, quotesIn, type Quotes } from './quoted.ts';
import { Selection } from './selection.ts';
import { keepParts } from '#app/shown/shared-parts.ts';
import type { ConversationRows } from './use-conversation-rows.ts';
import { useGaps } from './use-gaps.ts';
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

const LeftNote = lazyExtra(withAllWords(() => import('./LeftNote.tsx')));
const MessageDialogs = lazyExtra(withLaterWords(() => import('./MessageDialogs.tsx')));
const PinnedBar = lazyComponent(() => import('./PinnedBar.tsx'));
const ScheduledBar = lazyExtra(withLaterWords(() => import('./ScheduledBar.tsx')));
const SelectionBar = lazyExtra(withAllWords(() => import('./SelectionBar.tsx')));
const UnfinishedEdit = lazyExtra(withAllWords(() => import('./UnfinishedEdit.tsx')));

/** The same element in every render, so that it is drawn once. */
const toList = <BackLink to={paths.list} />;

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
  onDate: () => void;
}

/** A conversation whose rows, messages and names have been read. Memoized, because most readings bring nothing new. */
export const OpenConversation = memo(function OpenConversation(props: OpenConversationProps) {
  const { client, stream, rows, page, names, onSearch, onForward, details, onPerson, onDate } = props;
  const words = useWords();
  const { outbox, userId: self } = client;
  const { row, members, memberRecords, outbox: pending, role, hasLeft, blocked } = rows;
  const [opened, setOpened] = useState<ReadonlySet<OpId>>(new Set());
  const messages = useMemo(
    () => withoutBlocked(props.messages, stream, blocked, opened),
    [props.messages, stream, blocked, opened],
  );
  const hidden = useMemo(() => hiddenIn(props.messages, messages), [props.messages, messages]);
  const openWithheld = useCallback((id: OpId) => setOpened((before) => new Set([...before, id])), []);
  const peer = isDirect(stream) ? directPeer(stream, self) : undefined;
  const { opening, history, missing, loadEarlier, showFrom } = page;
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
        hidden,
      }),
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- where days start depends on the time zone, which may change
    [timeline, self, messages, pending, memberRecords, row, drawnFrom, hidden, today],
  );
  const onLoadEarlier = useCallback(() => {
    if (history === 'more' || history === 'stuck') void loadEarlier();
  }, [history, loadEarlier]);
  const gaps = useGaps(client, stream, !hasLeft);
  const gapsHere = useMemo(
    (): Gaps => ({
      state: gaps.state,
      load: hasLeft
        ? undefined
        : (below) => {
            const gap = gapAbove(
              items,
              items.findIndex(({ seq }) => seq === below),
            );
            if (gap !== undefined) void gaps.fill(gap, true);
          },
    }),
    [gaps, items, hasLeft],
  );
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
  // The same functions in every render, for the memoized composer.
  const latestItems = useRef(items);
  useLayoutEffect(() => {
    latestItems.current = items;
  }, [items]);
  const editLast = useCallback(() => {
    const last = latestItems.current.findLast((item) => !item.isDeleted && mayEdit(self, item));
    if (last !== undefined) setDialog({ kind: 'edit', id: last.id });
  }, [self]);
  const endReply = useCallback(() => setReplyTo(undefined), []);
  const [keepQuotes] = useState(keepParts<Quotes>);
  const quotes = useMemo(() => keepQuotes(quotesIn(items, nameOf, words)), [keepQuotes, items, nameOf, words]);
  const repliedTo = useMessageNow(client, stream, replyTo, pending, opened);
  const dialogMessage = useMessageNow(client, stream, dialog?.id, pending, opened);
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
      role,
      nameOf,
      mentionable,
      actionsOf,
      react,
      reply: role === undefined ? undefined : onReply,
      jumpTo: (id: OpId) => void jumpTo(id),
      onPerson,
      onDate,
      openWithheld,
    };
  }, [
    stream,
    self,
    outbox,
    nameOf,
    mentionable,
    actionsOf,
    react,
    onReply,
    role,
    jumpTo,
    onPerson,
    onDate,
    openWithheld,
  ]);

  return (
    <ConversationContext value={context}>
      <Pane
        look="chat"
        label={name}
        back={selection === undefined && toList}
        bar={
          selection !== undefined ? (
            selectionBar(selection.ids)
          ) : (
            <ConversationBar
              name={name}
              members={members}
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
            <PinnedBar key={pins.join()} client={client} stream={stream} pins={pins} outbox={pending} opened={opened} />
          </Suspense>
        )}
        <QuotesContext value={quotes}>
          <Selection value={selection}>
            <GapsContext value={gapsHere}>
              <MessageList
                items={items}
                history={
                  <HistoryRow
                    history={isSeeking ? 'loading' : history}
                    missing={missing}
                    beginning={beginning()}
                    onLoad={onLoadEarlier}
                  />
                }
                isLoading={isSeeking || history === 'loading' || gaps.state === 'loading'}
                opening={opening}
                isSeeking={isSeeking}
                heldTo={unreadHeldTo(row)}
                today={today}
                unread={row?.unread ?? 0}
                newCount={newCount}
                mentioned={row?.mentioned?.length ?? 0}
                onMention={() => void toMention()}
                isAtEnd={isAtEnd}
                onAtEnd={setAtEnd}
                target={target}
                onLoadEarlier={onLoadEarlier}
                onGap={gaps.onGap}
                isFilledFromBelow={gaps.isFilledFromBelow}
                onSeen={onSeen}
                onPlace={onPlace}
              />
            </GapsContext>
          </Selection>
        </QuotesContext>
        <div className={styles.note}>
          <p role="status" className={isComing ? styles.coming : undefined}>
            {isComing ? words('chat.messageComing') : ''}
          </p>
          <FailedChanges client={client} rows={pending} />
          {(rows.scheduled.length > 0 || pending.some(({ op }) => op.kind === 'message.schedule')) && (
            <ScheduledBar held={rows.scheduled} outbox={pending} people={people} />
          )}
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
            scheduled={rows.scheduled}
            onForget={() => client.store.forgetLeft(stream)}
          />
        ) : peer !== undefined && blocked.includes(peer) ? (
          <div className={styles.left}>
            <p role="status">{words('block.note')}</p>
            <Button look="link" onClick={() => void outbox.queue(blockPerson(self, peer, false))}>
              {words('block.undo')}
            </Button>
          </div>
        ) : (
          <Composer
            client={client}
            stream={stream}
            name={name}
            draft={rows.draft}
            people={people}
            hasFocus={!isTouch}
            maySchedule={row?.record !== undefined || row?.creation !== undefined}
            reply={replyTo === undefined ? undefined : { id: replyTo, ...quotedNow(repliedTo) }}
            onReplyEnd={endReply}
            onEditLast={editLast}
          />
        )}
        {dialog !== undefined && (
          <MessageDialogs
            store={client.store}
            open={dialog}
            message={dialogMessage}
            members={memberRecords}
            waiting={pending.find(({ id }) => id === dialog.id)}
            edit={rows.edits.find(({ id }) => id === dialog.id)}
            onClose={() => setDialog(undefined)}
          />
        )}
      </Pane>
    </ConversationContext>
  );

  function selectionBar(ids: ReadonlySet<OpId>) {
    return (
      <SelectionBar
        items={items}
        ids={ids}
        role={role}
        onForward={(messageIds) => onForward({ stream, messageIds })}
        onEnd={endSelection}
      />
    );
  }

  function beginning(): string {
    if (names.isNotes) return words('chat.beginningNotes');
    if (isDirect(stream)) return words('chat.beginningDirect', { name });
    // Somebody who has left no longer has the earlier messages on their device, so the list has no beginning to show.
    return hasLeft ? '' : words('chat.beginning');
  }
});
