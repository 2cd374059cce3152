import { useLiveQuery } from 'dexie-react-hooks';
import { AtSign, BellOff, Pin } from 'lucide-react';
import { memo, useContext, useId, type KeyboardEvent } from 'react';
import { Link } from 'wouter';
import { shortTime } from '#app/i18n/instants.ts';
import { typingWords } from '#app/i18n/presence-words.ts';
import { personWords } from '#app/i18n/name-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { colourId } from '#app/shown/name.ts';
import { deliveryOf } from '#app/shown/delivery.ts';
import { chatPath } from '#protocol/chat-path.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Badge } from '#app/ui/Badge.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { isMenuKey } from '#app/ui/menu-press.ts';
import { useMenuPress } from '#app/ui/use-menu-press.ts';
import { classNames } from '#app/ui/class-names.ts';
import { StatusIcon } from '#app/ui/StatusIcon.tsx';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import type { MessageRecord } from '#protocol/record.ts';
import type { Entry, LineWords } from './entry.ts';
import { ListHands } from './list-hands.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './ConversationEntry.module.css';

interface ConversationEntryProps {
  entry: Entry;
  store: ViewStore;
  isChosen: boolean;
  isTabStop: boolean;
  index: number;
  now: Date;
  onFocus: (stream: ConversationId, index: number) => void;
  onMove: (event: KeyboardEvent) => void;
}

/**
 * One chat of the list. For screen readers its name is only the person's or the group's; the rest is its description. Memoized,
 * so that a change of one chat does not draw the others again.
 */
export const ConversationEntry = memo(function ConversationEntry(props: ConversationEntryProps) {
  const { entry, store, isChosen, isTabStop, index, now, onFocus, onMove } = props;
  const words = useWords();
  const id = useId();
  const { onMenu, onChoose } = useContext(ListHands);
  const press = useMenuPress((at) => {
    onMenu(entry, at);
    return true;
  });
  const at = entry.shownAt;
  const isOnline = useAppSelector(
    ({ presence }) => entry.peer !== undefined && presence.people[entry.peer]?.online === true,
  );
  const keyDown = (event: KeyboardEvent) => {
    if (!isMenuKey(event)) return onMove(event);
    event.preventDefault();
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    return onMenu(entry, { clientX: left + 24, clientY: bottom, isTouch: false });
  };
  return (
    <Link
      href={chatPath(entry.stream)}
      className={classNames(shapes.listed, styles.entry, isChosen && styles.chosen)}
      aria-labelledby={`${id}-name`}
      aria-describedby={`${id}-line ${id}-more`}
      aria-current={isChosen ? 'page' : undefined}
      tabIndex={isTabStop ? 0 : -1}
      data-stream={entry.stream}
      onFocus={() => onFocus(entry.stream, index)}
      onClick={onChoose}
      {...press}
      onKeyDown={(event) => takeKey(event, keyDown)}
    >
      <Avatar
        id={colourId(entry.stream, store.userId)}
        name={entry.isNameLoading ? '' : entry.name}
        shape={entry.isGroup ? 'square' : 'round'}
        isOnline={isOnline}
      />
      <span className={styles.words}>
        <span className={styles.top}>
          <span id={`${id}-name`} className={styles.name} dir="auto" translate="no">
            {entry.isNameLoading ? <NotLoaded text={entry.name} /> : entry.name}
          </span>
          {entry.isMuted && <BellOff size={14} aria-hidden className={styles.icon} />}
          {entry.line.kind !== 'loading' && (
            <time dateTime={at.toISOString()} className={classNames(styles.time, entry.calls && styles.highlighted)}>
              {shortTime(at, now)}
            </time>
          )}
        </span>
        <span className={styles.bottom}>
          <span id={`${id}-line`} className={styles.line}>
            <EntryLine entry={entry} store={store} />
          </span>
          {entry.isPinned && entry.unread === 0 && !entry.isMarkedUnread && (
            <Pin size={15} aria-hidden className={styles.icon} />
          )}
          {entry.mentioned > 0 && (
            <AtSign size={17} aria-hidden className={classNames(styles.icon, styles.mentioned)} />
          )}
          {entry.unread > 0 ? (
            <Badge count={entry.unread} isQuiet={!entry.calls} />
          ) : (
            entry.isMarkedUnread && <Badge count={0} isQuiet={entry.isMuted} />
          )}
        </span>
      </span>
      <span id={`${id}-more`} className="unseen">
        {more(entry, isOnline, words).join(' ')}
      </span>
    </Link>
  );
});

/** The meaning of the entry's icons, in words. */
function more(entry: Entry, isOnline: boolean, words: Words): string[] {
  const said: string[] = [];
  if (entry.unread > 0) said.push(words('list.unreadCount', { count: entry.unread }));
  else if (entry.isMarkedUnread) said.push(words('list.markedUnread'));
  if (entry.mentioned > 0) said.push(words('list.mentioned', { count: entry.mentioned }));
  if (isOnline) said.push(words('presence.online'));
  if (entry.isMuted) said.push(words('list.muted'));
  if (entry.isPinned) said.push(words('list.pinned'));
  return said;
}

/** Drawn in place of a text that has not arrived yet, and read as words. */
function NotLoaded({ text }: { text: string }) {
  return (
    <>
      <span aria-hidden className={styles.notLoaded} />
      <span className="unseen">{text}</span>
    </>
  );
}

/** Who is typing, otherwise the last message or event. */
function EntryLine({ entry: { stream, line }, store }: { entry: Entry; store: ViewStore }) {
  const typing = useAppSelector((state) => state.presence.typing[stream]);
  const typists = (typing ?? []).filter((id) => id !== store.userId);
  return typists.length === 0 ? <Line line={line} store={store} /> : <TypingLine typists={typists} store={store} />;
}

/** A separate component, because every live query costs something with each write, whether the write concerns it or not. */
function TypingLine({ typists, store }: { typists: UserId[]; store: ViewStore }) {
  const words = useWords();
  const people = useLiveQuery(() => store.people(typists), [store, typists.join(' ')]);
  const names = typists.map((id) => personWords(id, { self: store.userId, people }, words));
  return <span className={styles.typing}>{typingWords(names, words)}</span>;
}

/** An element and not a bare text: see the rule on texts beside others in docs/style.md. */
function Space() {
  return <span> </span>;
}

function Line({ line, store }: { line: LineWords; store: ViewStore }) {
  const words = useWords();
  switch (line.kind) {
    case 'draft':
      return (
        <>
          <b className={styles.draft}>{words('list.draft')}</b>
          <Space />
          <span dir="auto">{line.text}</span>
        </>
      );
    case 'waiting':
    case 'sending':
    case 'sent':
    case 'failed':
      return (
        <>
          <StatusIcon look={line.kind} label={words(`status.${line.kind}`)} />
          <Space />
          <span dir="auto">{line.text}</span>
        </>
      );
    case 'own':
      return (
        <>
          <OwnStatus message={line.message} store={store} />
          <Space />
          <span dir="auto">{line.text}</span>
        </>
      );
    case 'other':
      return (
        <>
          {line.who !== undefined && (
            <span>
              <bdi className={styles.who} translate="no">
                {line.who}
              </bdi>
              <span>{': '}</span>
            </span>
          )}
          <span dir="auto">{line.text}</span>
        </>
      );
    case 'quiet':
      return <span>{line.text}</span>;
    case 'loading':
      return <NotLoaded text={words('list.notLoaded')} />;
  }
}

/** Reads the marks of the chat's members, which only entries on the screen need. */
function OwnStatus({ message, store }: { message: MessageRecord; store: ViewStore }) {
  const words = useWords();
  const members = useLiveQuery(
    () => store.members(message.stream as Parameters<ViewStore['members']>[0]),
    [store, message.stream],
  );
  const look = deliveryOf(message, members ?? [], store.userId);
  return <StatusIcon look={look} label={words(`status.${look}`)} />;
}
