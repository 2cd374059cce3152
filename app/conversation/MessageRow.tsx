import { MoreVertical, Pin } from 'lucide-react';
import { Suspense, useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import { eventWords } from '#app/i18n/event-words.ts';
import { clockTime, daysBetween, fullTime, longDay } from '#app/i18n/instants.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import type { Outbox } from '#app/sync/client.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { Avatar } from '#app/ui/Avatar.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { hueOf } from '#app/ui/hue.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { StatusIcon } from '#app/ui/StatusIcon.tsx';
import { FailedNote } from './FailedNote.tsx';
import { MessageText } from './MessageText.tsx';
import { Quote } from './Quote.tsx';
import type { Quoted } from './quoted.ts';
import { Reactions } from './Reactions.tsx';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { OpId } from '#protocol/ids.ts';
import styles from './MessageRow.module.css';

const ActionMenu = lazyComponent(() => import('#app/ui/ActionMenu.tsx'));
const LONG_PRESS_MS = 500;

interface MessageRowProps {
  item: TimelineItem;
  nameOf: (userId: string) => string;
  newCount: number;
  position: { index: number; count: number };
  isTabStop: boolean;
  /** One has come here by a jump. */
  isFound: boolean;
  outbox: Outbox;
  actionsOf: (item: TimelineItem) => Action[];
  quotedOf: (id: OpId) => Quoted | undefined;
  /** Absent for one who has left. */
  onReact: ((item: TimelineItem, emoji: string, on: boolean) => void) | undefined;
  onJump: (id: OpId) => void;
  onFocus: () => void;
  /** A key that the message itself has no use for. */
  onMove: (event: KeyboardEvent) => void;
}

/** One message, with the day or the line of new messages above it. */
export function MessageRow(props: MessageRowProps) {
  const { item, nameOf, newCount, position, isTabStop, isFound, outbox, actionsOf, onFocus, onMove } = props;
  const words = useWords();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const article = useRef<HTMLElement>(null);
  const press = useRef<ReturnType<typeof setTimeout>>(undefined);
  const actions = item.event === undefined && !item.isDeleted ? actionsOf(item) : [];
  const openMenu = () => actions.length > 0 && setMenuOpen(true);
  const closeMenu = () => {
    setMenuOpen(false);
    // The menu takes its trigger with it. The message has the focus before a dialog opens, which gives it back. [A5]
    article.current?.focus({ preventScroll: true });
  };

  const trigger = (
    <button
      type="button"
      tabIndex={-1}
      className={classNames(styles.more, isMenuOpen && styles.moreOpen)}
      aria-label={words('menu.open')}
      aria-haspopup="menu"
      onClick={openMenu}
    >
      <MoreVertical size={17} aria-hidden />
    </button>
  );

  const keyDown = (event: KeyboardEvent) => {
    // What lies in it, a link or a button, keeps its own keys.
    if (event.target !== event.currentTarget) return;
    if (event.key !== 'Enter' && event.key !== 'ContextMenu') return onMove(event);
    event.preventDefault();
    openMenu();
  };
  const pointerDown = (event: PointerEvent) => {
    // A link held down opens the browser's menu for links.
    if (event.target instanceof Element && event.target.closest('a, button') !== null) return;
    if (event.pointerType === 'touch') press.current = setTimeout(openMenu, LONG_PRESS_MS);
  };
  const pointerEnd = () => clearTimeout(press.current);

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a feed's articles take the focus and the keys (ARIA's feed pattern)
    <article
      ref={article}
      className={styles.message}
      aria-label={readAloud(item, nameOf, words)}
      aria-posinset={position.index + 1}
      aria-setsize={position.count}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the same: one of them is the list's tab stop
      tabIndex={isTabStop ? 0 : -1}
      data-message={item.id}
      onFocus={onFocus}
      onKeyDown={keyDown}
      onPointerDown={pointerDown}
      onPointerUp={pointerEnd}
      onPointerCancel={pointerEnd}
      onPointerMove={pointerEnd}
    >
      {item.startsDay && (
        <p className={styles.day}>
          <time dateTime={item.at.toISOString()}>{dayWords(item.at, words)}</time>
        </p>
      )}
      {item.startsNew && (
        <p className={styles.new}>
          <span>{words('chat.new', { count: newCount })}</span>
        </p>
      )}
      <div
        className={classNames(
          styles.row,
          item.event !== undefined ? styles.system : item.isOwn ? styles.own : styles.other,
          item.isFirstOfRun && styles.first,
          item.isLastOfRun && styles.last,
          isFound && styles.found,
        )}
      >
        {item.event !== undefined ? (
          <p className={styles.event}>{eventWords(item.event, nameOf, words)}</p>
        ) : (
          <>
            {!item.isOwn && (
              <span className={styles.face}>
                {item.isLastOfRun && <Avatar id={item.senderId} name={nameOf(item.senderId)} shape="round" size={34} />}
              </span>
            )}
            <div className={styles.bubble}>
              {!item.isOwn && item.isFirstOfRun && (
                <p className={styles.sender} dir="auto" style={{ '--hue': hueOf(item.senderId) } as CSSProperties}>
                  {nameOf(item.senderId)}
                </p>
              )}
              {item.replyTo !== undefined && (
                <Quote
                  id={item.replyTo}
                  quoted={props.quotedOf(item.replyTo)}
                  isTabStop={isTabStop}
                  onJump={props.onJump}
                />
              )}
              <Body item={item} />
              <Meta item={item} />
            </div>
            {actions.length > 0 &&
              (isMenuOpen ? (
                <Suspense fallback={trigger}>
                  <ActionMenu trigger={trigger} actions={actions} label={words('menu.open')} onClose={closeMenu} />
                </Suspense>
              ) : (
                trigger
              ))}
          </>
        )}
      </div>
      {item.reactions.length > 0 && (
        <div className={classNames(styles.under, item.isOwn && styles.underOwn)}>
          <Reactions
            reactions={item.reactions}
            isTabStop={isTabStop}
            onReact={props.onReact && ((emoji, on) => props.onReact?.(item, emoji, on))}
          />
        </div>
      )}
      {item.failed !== undefined && <FailedNote row={item.failed} outbox={outbox} />}
    </article>
  );
}

function Body({ item }: { item: TimelineItem }) {
  const words = useWords();
  if (item.isDeleted) return <span className={styles.deleted}>{words('chat.deleted')}</span>;
  return (
    <>
      {item.attachments > 0 && (
        <p className={styles.deleted}>{words('chat.attachment', { count: item.attachments })}</p>
      )}
      <span className={styles.text} dir="auto">
        <MessageText text={item.text} />
      </span>
    </>
  );
}

function Meta({ item }: { item: TimelineItem }) {
  const words = useWords();
  return (
    <span className={styles.meta}>
      {item.isPinned && (
        <>
          <Pin size={12} aria-hidden />
          <span className="unseen">{words('chat.pinned')}</span>
        </>
      )}
      {item.waits !== undefined
        ? `${words(item.waits === 'edit' ? 'chat.editWaits' : 'chat.deleteWaits')} `
        : item.isEdited && !item.isDeleted && `${words('chat.edited')} `}
      <time dateTime={item.at.toISOString()} title={fullTime(item.at)}>
        {clockTime(item.at)}
      </time>
      {item.status !== undefined && <StatusIcon look={item.status} label={words(`status.${item.status}`)} />}
    </span>
  );
}

function dayWords(at: Date, words: Words): string {
  const now = new Date();
  const days = daysBetween(at, now);
  if (days <= 0) return words('chat.today');
  return days === 1 ? words('chat.yesterday') : longDay(at, now);
}

/** Sender, time, text, state: what a reader hears of one message. [A1] */
function readAloud(item: TimelineItem, nameOf: (userId: string) => string, words: Words): string {
  if (item.event !== undefined) return eventWords(item.event, nameOf, words);
  const who = item.isOwn ? words('chat.you') : nameOf(item.senderId);
  const text = item.isDeleted ? words('chat.deleted') : item.text;
  const state = item.status === undefined ? '' : `, ${words(`status.${item.status}`)}`;
  return `${who}, ${clockTime(item.at)}: ${text}${state}`;
}
