import { memo, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { lazyComponent, lazyExtra } from '#app/ui/lazy-component.ts';
import { hasFinePointer } from '#app/ui/fine-pointer.ts';
import type { Person } from '#protocol/http.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { mayEdit } from '#protocol/policies.ts';
import { beginningWords } from './beginning-words.ts';
import { ChatPane } from './ChatPane.tsx';
import { ConversationContext, QuotesContext } from './conversation-context.ts';
import { ConversationBar, type DetailsToggle } from './ConversationBar.tsx';
import { ConversationFoot } from './ConversationFoot.tsx';
import { ConversationNotes } from './ConversationNotes.tsx';
import type { ForwardedMessages } from './forwarded-messages.ts';
import type { MessageDialog } from './message-dialog.ts';
import { MessageList } from './MessageList.tsx';
import { HeldBack } from '#app/media/held-back.ts';
import { mentionablePeople } from '#app/shown/mentions.ts';
import { quotesIn, type Quotes } from './quoted.ts';
import { Selection } from './selection.ts';
import { isRequest } from '#app/shown/request.ts';
import { keepParts } from '#app/shown/shared-parts.ts';
import { useJumpTarget } from './use-jump-target.ts';
import type { KeptReply } from './use-kept-reply.ts';
import { useMessageActions } from './use-message-actions.tsx';
import { useMessageNow } from './use-message-now.ts';
import { useReact } from './use-react.ts';
import { useReply } from './use-reply.ts';
import { useSelection } from './use-selection.ts';
import { type ChatOnScreen, useTimeline } from './use-timeline.ts';
import styles from './Conversation.module.css';

const MessageDialogs = lazyExtra(withLaterWords(() => import('./MessageDialogs.tsx')));
const PinnedBar = lazyComponent(() => import('./PinnedBar.tsx'));
const SelectionBar = lazyExtra(withAllWords(() => import('./SelectionBar.tsx')));

interface OpenConversationProps extends ChatOnScreen {
  keptReply: KeptReply;
  onSearch: (stream: ConversationId) => void;
  onForward: (messages: ForwardedMessages) => void;
  details: DetailsToggle;
  onPerson: (person: Person) => void;
  onDate: () => void;
}

/** A conversation whose rows, messages and names have been read. Memoized, because most reads bring nothing new. */
export const OpenConversation = memo(function OpenConversation(props: OpenConversationProps) {
  const { client, stream, rows, page, names, keptReply } = props;
  const { onSearch, onForward, details, onPerson, onDate } = props;
  const words = useWords();
  const { outbox, userId: self } = client;
  const { row, members, memberRecords, outbox: pending, hasLeft } = rows;
  const isAsked = isRequest(row?.membership);
  // Until it is accepted, a request can only be read. [RQ4]
  const role = isAsked ? undefined : rows.role;
  const { nameOf, name, mentionable } = names;
  const heading = useRef<HTMLHeadingElement>(null);
  const [dialog, setDialog] = useState<MessageDialog>();

  const { target, jumpTo, isComing } = useJumpTarget(client, stream, page.showFrom);
  const timeline = useTimeline(props);
  const { items, opened, openWithheld } = timeline;
  const isTouch = !hasFinePointer();
  useEffect(() => {
    // On a phone the heading takes the focus: focusing the field would open the keyboard over the messages.
    if (isTouch) heading.current?.focus();
  }, [isTouch]);

  const reply = useReply(client, stream, keptReply, pending, opened, nameOf);
  const { onReply, endReply } = keptReply;
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
  const [keepQuotes] = useState(keepParts<Quotes>);
  const quotes = useMemo(() => keepQuotes(quotesIn(items, nameOf, words)), [keepQuotes, items, nameOf, words]);
  const dialogMessage = useMessageNow(client, stream, dialog?.id, pending, opened);
  const react = useReact(stream, outbox, role !== undefined);
  const context = useMemo(() => {
    return {
      client,
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
      onDialog: setDialog,
      openWithheld,
    };
  }, [
    client,
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
      <ChatPane
        label={name}
        hasBack={selection === undefined}
        bar={
          selection !== undefined ? (
            selectionBar(selection.ids)
          ) : (
            <ConversationBar
              stream={stream}
              self={self}
              name={name}
              members={members}
              nameOf={nameOf}
              heading={heading}
              hasLeft={hasLeft}
              onSearch={onSearch}
              details={details}
            />
          )
        }
      >
        {pins.length > 0 && (
          // Its place is kept, so that the messages don't move when its code is there.
          <Suspense fallback={<div className={styles.pinned} />}>
            <PinnedBar key={pins.join()} pins={pins} outbox={pending} opened={opened} />
          </Suspense>
        )}
        <HeldBack value={isAsked}>
          <QuotesContext value={quotes}>
            <Selection value={selection}>
              <MessageList
                rows={rows}
                page={page}
                timeline={timeline}
                beginning={beginningWords({ stream, self, rows, names }, words)}
                target={target}
              />
            </Selection>
          </QuotesContext>
        </HeldBack>
        <ConversationNotes
          rows={rows}
          people={people}
          isComing={isComing}
          editing={dialog?.id}
          onEdit={(id) => setDialog({ kind: 'edit', id })}
        />
        <ConversationFoot
          rows={rows}
          names={names}
          people={people}
          hasFocus={!isTouch}
          isAsked={isAsked}
          reply={reply}
          onReplyEnd={endReply}
          onEditLast={editLast}
        />
        {dialog !== undefined && (
          <MessageDialogs
            open={dialog}
            message={dialogMessage}
            members={memberRecords}
            waiting={pending.find(({ id }) => id === dialog.id)}
            edit={rows.edits.find(({ id }) => id === dialog.id)}
            onClose={() => setDialog(undefined)}
          />
        )}
      </ChatPane>
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
});
