import { Check } from 'lucide-react';
import { memo, useContext, useEffect, useState, type KeyboardEvent } from 'react';
import { commonEmojis } from '#app/i18n/reaction-words.ts';
import { eventWords } from '#app/i18n/event-words.ts';
import { useWords, withLaterWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { Avatar } from '#app/ui/Avatar.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { isDirect, type OpId } from '#protocol/ids.ts';
import { useConversation } from './conversation-context.ts';
import { DayLine, NewLine } from './Dividers.tsx';
import { readAloud } from './message-words.ts';
import { GapBetween } from './GapRow.tsx';
import { MessageBubble } from './MessageBubble.tsx';
import { MessageMenu } from './MessageMenu.tsx';
import type { OpenMenu } from './OpenMessageMenu.tsx';
import { Reactions } from './Reactions.tsx';
import { Selection, isSelectable } from './selection.ts';
import { useMessageGestures } from './use-message-gestures.ts';
import styles from './MessageRow.module.css';

const FailedNote = lazyExtra(withLaterWords(() => import('./FailedNote.tsx')));

interface MessageRowProps {
  item: TimelineItem;
  index: number;
  isTabStop: boolean;
  /** Whether it is the target of the last jump. */
  isHighlighted: boolean;
  onFocus: (id: OpId, index: number) => void;
  /** Receives the keys that the message itself does not use. */
  onMove: (event: KeyboardEvent) => void;
}

/** One message, with the day or the line of new messages above it. Memoized, because scrolling renders the list again. */
export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { item, index, isTabStop, isHighlighted, onFocus, onMove } = props;
  const words = useWords();
  const { stream, self, nameOf, actionsOf, outbox, react, reply, openWithheld } = useConversation();
  const [open, setOpen] = useState<OpenMenu>();
  const selection = useContext(Selection);
  const isChoice = selection !== undefined && isSelectable(item);
  const isSelected = isChoice && selection.ids.has(item.id);
  // A deletion that has not been sent can be taken back.
  const hasMenu = item.event === undefined && (!item.isDeleted || item.deletion !== undefined);
  const actions = hasMenu && selection === undefined ? actionsOf(item) : [];
  const isAnswerable = actions.length > 0 && item.seq !== undefined && !item.isDeleted;
  const [thumb] = commonEmojis;
  const { article, handlers } = useMessageGestures({
    onMenu(press) {
      if (actions.length > 0) setOpen({ kind: 'menu', press });
      return actions.length > 0;
    },
    onReply: isAnswerable && reply !== undefined ? () => reply(item) : undefined,
    onDoubleClick:
      isAnswerable && react !== undefined
        ? () => react(item, thumb, !item.reactions.some(({ emoji, isOwn }) => emoji === thumb && isOwn))
        : undefined,
    selecting: selection && { toggle: isChoice ? () => selection.onToggle(item.id) : undefined },
    onMove,
  });
  const announce = useAnnounce();
  const isGone = open !== undefined && item.isDeleted && item.deletion === undefined;
  useEffect(() => {
    if (!isGone) return;
    // Its menu or emojis are gone with it, and `OpenMessageMenu` has given it the focus.
    setOpen(undefined);
    announce(words('delete.gone'));
  }, [isGone, announce, words]);
  const close = () => {
    setOpen(undefined);
    // The menu's trigger disappears with it. The message takes the focus before a dialog opens, which will return it here. [A5]
    article.current?.focus({ preventScroll: true });
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a feed's articles take the focus and the keys (ARIA's feed pattern)
    <article
      ref={article}
      className={styles.message}
      aria-label={readAloud(item, { self, nameOf }, words)}
      aria-posinset={index + 1}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the same: one of them is the list's tab stop
      tabIndex={isTabStop ? 0 : -1}
      data-message={item.id}
      onFocus={() => onFocus(item.id, index)}
      {...handlers}
    >
      {item.gap > 0 && item.seq !== undefined && <GapBetween count={item.gap} below={item.seq} />}
      {item.startsDay && <DayLine at={item.at} />}
      {item.startsNew && <NewLine />}
      <div
        className={classNames(
          styles.row,
          item.event !== undefined || item.isWithheld ? styles.system : item.isOwn ? styles.own : styles.other,
          item.isFirstOfRun && styles.first,
          item.isLastOfRun && styles.last,
          isHighlighted && styles.highlighted,
          isSelected && styles.selected,
        )}
      >
        {isChoice && (
          // A press on the message does the same; the message's own handler handles it.
          <button
            type="button"
            role="checkbox"
            aria-checked={isSelected}
            aria-label={words('select.this')}
            tabIndex={isTabStop ? 0 : -1}
            className={styles.check}
          >
            {isSelected && <Check size={16} strokeWidth={3} aria-hidden />}
          </button>
        )}
        {item.event !== undefined ? (
          <p className={styles.event}>{eventWords(item.event, { self, nameOf }, words)}</p>
        ) : item.isWithheld ? (
          <p className={styles.event}>
            <button type="button" className={styles.show} onClick={() => openWithheld(item.id)}>
              {words('block.message')}
            </button>
          </p>
        ) : (
          <>
            {!item.isOwn && !isDirect(stream) && (
              <span className={styles.face}>
                {item.isLastOfRun && <Avatar id={item.senderId} name={nameOf(item.senderId)} shape="round" size={34} />}
              </span>
            )}
            <MessageBubble item={item} isTabStop={isTabStop} />
            {actions.length > 0 && (
              <MessageMenu
                item={item}
                actions={actions}
                article={article}
                open={open}
                onOpen={setOpen}
                onClose={close}
              />
            )}
          </>
        )}
      </div>
      {item.reactions.length > 0 && (
        <div className={classNames(styles.under, item.isOwn ? styles.underOwn : !isDirect(stream) && styles.underFace)}>
          <Reactions item={item} isTabStop={isTabStop} />
        </div>
      )}
      {item.failed !== undefined && (
        <FailedNote
          failed={item.failed}
          outbox={outbox}
          hasLeft={reply === undefined}
          message={{ self, stream, attachments: item.attachments }}
        />
      )}
    </article>
  );
});
