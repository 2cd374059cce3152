import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { colourId } from '#app/shown/name.ts';
import type { Client } from '#app/sync/client.ts';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { isDirect, type ConversationId, type OpId } from '#protocol/ids.ts';
import { Composer } from './Composer.tsx';
import { ConversationBar, type DetailsToggle } from './ConversationBar.tsx';
import { FailedChanges } from './FailedChanges.tsx';
import { MessageDialogs, type MessageDialog } from './MessageDialogs.tsx';
import { MessageList } from './MessageList.tsx';
import { quotedAs } from './quoted.ts';
import { timelineOf, type TimelineItem } from '#app/shown/timeline.ts';
import { useArrivals } from './use-arrivals.ts';
import { useHeld, useNames } from './use-held.ts';
import { useJump } from './use-jump.ts';
import { useMessageActions } from './use-message-actions.tsx';
import { useMessages } from './use-messages.ts';
import { useReadMark } from './use-read-mark.ts';
import styles from './Conversation.module.css';

interface ConversationProps {
  client: Client;
  stream: ConversationId;
  /** The chat's name, for the page's title; unread says how many wait in it. */
  onName: (name: string) => void;
  details: DetailsToggle;
}

/** One chat. Made anew for each (key it by stream): nothing of one chat's scrolling, draft or marks leaks into the next. */
export function Conversation({ client, stream, onName, details }: ConversationProps) {
  const words = useWords();
  const { store, outbox } = client;
  const self = store.userId;
  const heading = useRef<HTMLHeadingElement>(null);
  const [dialog, setDialog] = useState<MessageDialog>();
  const [replying, setReplying] = useState<TimelineItem>();
  const [isAtEnd, setAtEnd] = useState(true);

  const held = useHeld(store, stream);
  const row = held?.row;
  const { messages, history, loadEarlier, showFrom } = useMessages(client, stream, row);
  const { isReady: hasNames, nameOf, name, isNotes } = useNames(store, stream, held, messages);
  const { newFrom, newCount } = useArrivals({ row, messages, self, isAtEnd, showFrom, nameOf });
  const { target, jump } = useJump(client, stream, showFrom);
  const onSeen = useReadMark(client, stream, row);
  const items = useMemo(() => {
    if (held === undefined || messages === undefined) return undefined;
    const { waiting: outbox, members, shown } = held;
    return timelineOf({ self, messages, outbox, members, pins: shown?.record?.pins ?? [], newFrom });
  }, [held, messages, self, newFrom]);

  useEffect(() => {
    onName(hasNames ? name : '');
  }, [name, hasNames, onName]);
  const isTouch = !matchMedia('(hover: hover) and (pointer: fine)').matches;
  const isReady = items !== undefined && hasNames;
  useEffect(() => {
    // On a phone the heading takes the focus: the field's would open the keyboard over what one came to read.
    if (isReady && isTouch) heading.current?.focus();
  }, [isReady, isTouch]);

  const role = held?.role;
  const actionsOf = useMessageActions({
    self,
    role,
    onReact: useCallback((item) => setDialog({ kind: 'react', item }), []),
    onReply: setReplying,
    onPin: useCallback((item) => void outbox.pin(stream, item.id, !item.isPinned), [outbox, stream]),
    onEdit: useCallback((item) => setDialog({ kind: 'edit', item }), []),
    onDelete: useCallback((item) => setDialog({ kind: 'delete', item }), []),
  });
  const react = useCallback(
    (item: TimelineItem, emoji: string, on: boolean) => void outbox.react(stream, item.id, emoji, on),
    [outbox, stream],
  );
  const quotedOf = useCallback(
    (id: OpId) => {
      const item = items?.find((one) => one.id === id);
      return item === undefined ? undefined : quotedAs(item, nameOf, words);
    },
    [items, nameOf, words],
  );

  if (!isReady || held === undefined)
    return <section className={styles.pane} aria-busy="true" aria-label={words('chat.messages')} />;
  if (row === undefined && !isDirect(stream)) {
    return (
      <section className={styles.pane} aria-label={words('chat.missing')}>
        <EmptyState title={words('chat.missing')} body={words('chat.missingBody')}>
          <Link href="/">{words('chat.toList')}</Link>
        </EmptyState>
      </section>
    );
  }
  const beginning = isNotes
    ? words('chat.beginNotes')
    : isDirect(stream)
      ? words('chat.beginDirect', { name })
      : // What one who has left may no longer read is not here: nothing begins there, not even what he could not send.
        held.hasLeft
        ? ''
        : words('chat.begin');

  return (
    <section className={styles.pane} aria-label={name}>
      <ConversationBar
        name={name}
        stream={stream}
        self={self}
        colourId={colourId(stream, self)}
        people={held.present.length}
        hasLeft={held.hasLeft}
        nameOf={nameOf}
        heading={heading}
        details={details}
      />
      <MessageList
        items={items}
        history={history}
        missing={row === undefined || row.isWhole ? 0 : Math.max(0, row.historyStart - 1)}
        unread={row?.unread ?? 0}
        newCount={newCount}
        beginning={beginning}
        outbox={outbox}
        nameOf={nameOf}
        actionsOf={actionsOf}
        quotedOf={quotedOf}
        onReact={role === undefined ? undefined : react}
        onJump={(id) => void jump(id)}
        target={target}
        onLoadEarlier={() => (history === 'more' || history === 'stuck' ? void loadEarlier() : undefined)}
        onSeen={onSeen}
        onAtEnd={setAtEnd}
      />
      <div className={styles.note}>
        <FailedChanges client={client} stream={stream} />
      </div>
      {held.hasLeft ? (
        <p className={styles.left} role="status">
          {words('chat.left')}
        </p>
      ) : (
        <Composer
          client={client}
          stream={stream}
          name={name}
          // What was typed here goes before what another device left.
          initialDraft={held.draft === '' ? held.shared.text : held.draft}
          shared={held.shared}
          hasFocus={!isTouch}
          reply={replying === undefined ? undefined : { id: replying.id, ...quotedAs(replying, nameOf, words) }}
          onReplyEnd={() => setReplying(undefined)}
        />
      )}
      {dialog !== undefined && (
        <MessageDialogs stream={stream} open={dialog} outbox={outbox} onClose={() => setDialog(undefined)} />
      )}
    </section>
  );
}
