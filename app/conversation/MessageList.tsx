import { ArrowDown, AtSign } from 'lucide-react';
import {
  useCallback,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { takeKey } from '#app/ui/keys.ts';
import { useRovingFocus } from '#app/ui/use-roving-focus.ts';
import type { OpId } from '#protocol/ids.ts';
import { FloatingDate } from './FloatingDate.tsx';
import type { Gap } from './gaps.ts';
import { JumpButton } from './JumpButton.tsx';
import { MessageRow } from './MessageRow.tsx';
import type { Opening, Place } from './opening.ts';
import { useAnchor } from './use-anchor.ts';
import { useCopiedTexts } from './use-copied-texts.ts';
import { useHighlight } from './use-highlight.ts';
import type { JumpTarget } from './use-jump-target.ts';
import { useSeen } from './use-seen.ts';
import styles from './MessageList.module.css';

interface MessageListProps {
  items: TimelineItem[];
  /** The row above the first message. */
  history: ReactNode;
  isLoading: boolean;
  /** Where the list starts; undefined while the device knows too little. */
  opening: Opening | undefined;
  /** Earlier unread messages than those in the list are still being fetched. */
  isSeeking: boolean;
  /** The seq up to which unread messages are held without a gap. */
  heldTo: number;
  /** The start of today, in milliseconds. */
  today: number;
  unread: number;
  /** The number of unread messages that mention the person. */
  mentioned: number;
  onMention: () => void;
  newCount: number;
  isAtEnd: boolean;
  onAtEnd: (isAtEnd: boolean) => void;
  /** The message to go to; a new object is a new jump. */
  target: JumpTarget | undefined;
  onLoadEarlier: () => void;
  /** A gap between messages is on the screen or near it. */
  onGap: (gap: Gap, isBelow: boolean) => void;
  /** Whether the gap above the message with this seq was filled for somebody who came from below. */
  isFilledFromBelow: (seq: number) => boolean;
  onSeen: (seq: number) => void;
  onPlace: (place: Place | undefined) => void;
}

/** The messages of a conversation; only those near the screen are in the page. */
export function MessageList(props: MessageListProps) {
  const { items, history, isLoading, opening, isSeeking, heldTo, today, unread, newCount, isAtEnd, target } = props;
  const { mentioned, onMention, isFilledFromBelow } = props;
  const { onAtEnd, onLoadEarlier, onGap, onSeen, onPlace } = props;
  const words = useWords();
  const scroller = useRef<HTMLDivElement>(null);
  const keys = useMemo(() => items.map(({ id }) => id), [items]);
  const { tabStop, successor, activate, focusItem, move } = useRovingFocus({
    list: scroller,
    keys,
    attribute: 'data-message',
    initial: items.length - 1,
  });
  const anchor = useAnchor({ scroller, items, opening, isSeeking, tabStop, onAtEnd, isFilledFromBelow });
  const { virtualizer, goTo, endPlacing } = anchor;
  const [isMoved, setMoved] = useState(false);
  const onMoved = useCallback(() => {
    endPlacing();
    setMoved(true);
  }, [endPlacing]);
  const report = useSeen({ scroller, items, anchor, heldTo, isMoved, onSeen, onPlace, onLoadEarlier, onGap });
  const { highlighted, endHighlight } = useHighlight({ target, items, anchor, focusItem });
  const onCopy = useCopiedTexts(items);

  // When the message that had the focus is discarded, the focus moves to the next one instead of leaving the list. [A4]
  useLayoutEffect(() => {
    if (successor !== undefined && document.activeElement === document.body) focusItem(successor);
  }, [successor, focusItem]);

  // Set here, because as a property it would render every message again for each one that arrives.
  useLayoutEffect(() => {
    for (const article of scroller.current?.querySelectorAll('article') ?? [])
      if (article.ariaSetSize !== String(items.length)) article.ariaSetSize = String(items.length);
  });

  const onFocus = useCallback(
    (id: OpId, index: number) => {
      activate(id, index);
      endHighlight(id);
    },
    [activate, endHighlight],
  );
  // The same function in every render, for the memoized messages.
  const latestMove = useRef(move);
  useLayoutEffect(() => {
    latestMove.current = move;
  }, [move]);
  const onMove = useCallback((event: KeyboardEvent) => latestMove.current(event, (index) => goTo(index)), [goTo]);
  const onJump = (event: MouseEvent<HTMLElement>) => {
    onMoved();
    virtualizer.scrollToEnd();
    // The button disappears when there is no reason for it. If it had the focus, the newest message takes it once it is drawn.
    const last = keys.at(-1);
    if (last === undefined || document.activeElement !== event.currentTarget) return;
    requestAnimationFrame(() => requestAnimationFrame(() => focusItem(last)));
  };

  return (
    <div className={styles.frame}>
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the handlers watch what reaches the list and take nothing */}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={report}
        onWheel={onMoved}
        onTouchMove={onMoved}
        onPointerDown={onMoved}
        onKeyDown={(event) => takeKey(event, onMoved)}
        onCopy={onCopy}
      >
        {/* Another element once there are messages: the row above them would otherwise jump from the bottom of the screen to its top. */}
        <div
          key={items.length === 0 ? 'empty' : 'filled'}
          className={styles.list}
          style={{ blockSize: virtualizer.getTotalSize() }}
        >
          {history}
          <div role="feed" aria-label={words('chat.messages')} aria-busy={isLoading}>
            {virtualizer.getVirtualItems().map(({ index, key, start }) => {
              const item = items[index];
              if (item === undefined) return null;
              return (
                <div
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className={styles.item}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <MessageRow
                    item={item}
                    index={index}
                    newCount={item.startsNew ? newCount : 0}
                    today={today}
                    isTabStop={index === tabStop}
                    isHighlighted={item.id === highlighted}
                    onFocus={onFocus}
                    onMove={onMove}
                  />
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {isMoved && <FloatingDate items={items} virtualizer={virtualizer} today={today} />}
      <div className={styles.jumps}>
        {mentioned > 0 && (
          <JumpButton
            label={words('chat.jumpMention', { count: mentioned })}
            icon={<AtSign size={20} aria-hidden />}
            count={mentioned}
            onPress={onMention}
          />
        )}
        {!isAtEnd && items.length > 0 && (
          <JumpButton
            label={unread > 0 ? words('chat.jumpNew', { count: unread }) : words('chat.jump')}
            icon={<ArrowDown size={20} aria-hidden />}
            count={unread}
            onPress={onJump}
          />
        )}
      </div>
    </div>
  );
}
