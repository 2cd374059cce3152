import { useLiveQuery } from 'dexie-react-hooks';
import { Copy, Pencil, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useWords } from '#app/i18n/words.ts';
import { colourId, conversationName } from '#app/state/conversation-name.ts';
import type { Client } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { isDirect, directPeer, type ConversationId, type UserId } from '#protocol/ids.ts';
import { Composer } from './Composer.tsx';
import { ConversationBar } from './ConversationBar.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { EditDialog } from './EditDialog.tsx';
import { FailedNote } from './FailedNote.tsx';
import { MessageList } from './MessageList.tsx';
import { otherFailures, timelineOf, type TimelineItem } from './timeline.ts';
import { useArrivals } from './use-arrivals.ts';
import { useMessages } from './use-messages.ts';
import { useReadMark } from './use-read-mark.ts';
import styles from './Conversation.module.css';

interface ConversationProps {
  client: Client;
  stream: ConversationId;
  /** The chat's name, for the page's title; unread says how many wait in it. */
  onName: (name: string) => void;
}

/** One chat. Made anew for each (key it by stream): nothing of one chat's scrolling, draft or marks leaks into the next. */
export function Conversation({ client, stream, onName }: ConversationProps) {
  const words = useWords();
  const { store, outbox } = client;
  const self = store.userId;
  const heading = useRef<HTMLHeadingElement>(null);
  const [editing, setEditing] = useState<TimelineItem>();
  const [deleting, setDeleting] = useState<TimelineItem>();
  const [isAtEnd, setAtEnd] = useState(true);

  const held = useLiveQuery(async () => {
    const [row, members, waiting, draft] = await Promise.all([
      store.conversation(stream),
      store.members(stream),
      store.outbox(stream),
      store.draft(stream),
    ]);
    return { row, members, waiting, draft };
  }, [store, stream]);
  const { messages, history, loadEarlier, showFrom } = useMessages(client, stream, held?.row);
  const people = useLiveQuery(
    () => store.people(peopleIn(stream, self, held, messages)),
    [store, stream, held, messages],
  );

  const nameOf = useCallback(
    (id: string) => (id === self ? words('chat.you') : (people?.get(id as UserId)?.name ?? words('list.someone'))),
    [people, self, words],
  );
  const row = held?.row;
  const named = conversationName({ stream, ...row }, self, people ?? new Map());
  const name =
    named.kind === 'named'
      ? named.name
      : words(named.kind === 'notes' ? 'list.notes' : named.isDirect ? 'list.someone' : 'list.unnamed');

  const { newFrom, newCount } = useArrivals({ row, messages, self, isAtEnd, showFrom, nameOf });
  const onSeen = useReadMark(client, stream, row);
  const items = useMemo(
    () =>
      held === undefined || messages === undefined
        ? undefined
        : timelineOf({ self, messages, outbox: held.waiting, members: held.members, newFrom }),
    [held, messages, self, newFrom],
  );

  useEffect(() => {
    onName(people === undefined ? '' : name);
  }, [name, people, onName]);
  const isTouch = !matchMedia('(hover: hover) and (pointer: fine)').matches;
  const isReady = items !== undefined && people !== undefined;
  useEffect(() => {
    // On a phone the heading takes the focus: the field's would open the keyboard over what one came to read.
    if (isReady && isTouch) heading.current?.focus();
  }, [isReady, isTouch]);

  const actionsOf = useCallback(
    (item: TimelineItem): Action[] => {
      const copy: Action = {
        label: words('menu.copy'),
        icon: <Copy size={18} aria-hidden />,
        run: () => void navigator.clipboard.writeText(item.text),
      };
      if (!item.isOwn || item.seq === undefined) return [copy];
      return [
        copy,
        { label: words('menu.edit'), icon: <Pencil size={18} aria-hidden />, run: () => setEditing(item) },
        {
          label: words('menu.delete'),
          icon: <Trash2 size={18} aria-hidden />,
          isDanger: true,
          run: () => setDeleting(item),
        },
      ];
    },
    [words],
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
  const present = held.members.filter((member) => member.leftAt === undefined).length;
  const hasLeft = row?.membership?.leftAt !== undefined;
  const beginning =
    named.kind === 'notes'
      ? words('chat.beginNotes')
      : isDirect(stream)
        ? words('chat.beginDirect', { name })
        : words('chat.begin');

  return (
    <section className={styles.pane} aria-label={name}>
      <ConversationBar
        name={name}
        colourId={colourId(stream, self)}
        isGroup={!isDirect(stream)}
        people={present > 0 ? present : (row?.begun?.memberIds.length ?? -1) + 1}
        heading={heading}
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
        onLoadEarlier={() => (history === 'more' || history === 'stuck' ? void loadEarlier() : undefined)}
        onSeen={onSeen}
        onAtEnd={setAtEnd}
      />
      {otherFailures(held.waiting).map((failed) => (
        <div key={failed.id} className={styles.note}>
          <FailedNote row={failed} outbox={outbox} />
        </div>
      ))}
      {hasLeft ? (
        <p className={styles.left}>{words('chat.left')}</p>
      ) : (
        <Composer client={client} stream={stream} name={name} initialDraft={held.draft} hasFocus={!isTouch} />
      )}
      {editing !== undefined && (
        <EditDialog
          text={editing.text}
          onClose={() => setEditing(undefined)}
          onSave={(text) => {
            setEditing(undefined);
            if (text !== editing.text) void outbox.edit(stream, editing.id, text);
          }}
        />
      )}
      {deleting !== undefined && (
        <DeleteDialog
          onClose={() => setDeleting(undefined)}
          onDelete={() => {
            setDeleting(undefined);
            void outbox.remove(stream, deleting.id);
          }}
        />
      )}
    </section>
  );
}

/** Whose names the chat shows. */
function peopleIn(
  stream: ConversationId,
  self: UserId,
  held: { members: readonly { userId: UserId }[] } | undefined,
  messages:
    | readonly { senderId: UserId; event?: { by: UserId; userIds?: UserId[] | undefined } | undefined }[]
    | undefined,
): UserId[] {
  const ids = new Set<UserId>(held?.members.map((member) => member.userId));
  if (isDirect(stream)) ids.add(directPeer(stream, self));
  for (const { senderId, event } of messages ?? []) {
    ids.add(senderId);
    if (event !== undefined) for (const id of [event.by, ...(event.userIds ?? [])]) ids.add(id);
  }
  return [...ids];
}
