import { useContext } from 'react';
import type { Virtualizer } from '@tanstack/react-virtual';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { classNames } from '#app/ui/class-names.ts';
import { DividersContext, useConversation } from './conversation-context.ts';
import { dayWords } from './message-words.ts';
import styles from './MessageList.module.css';

interface FloatingDateProps {
  items: readonly TimelineItem[];
  virtualizer: Virtualizer<HTMLDivElement, Element>;
}

/**
 * The day of the first message on the screen, while the list scrolls; pressing it asks for another day. It is never a tab stop,
 * because it disappears by itself; the chat's details have the same button.
 */
export function FloatingDate({ items, virtualizer }: FloatingDateProps) {
  const words = useWords();
  const { onDate } = useConversation();
  const { today } = useContext(DividersContext);
  const top = virtualizer.scrollOffset ?? 0;
  const row = virtualizer.getVirtualItems().find(({ end }) => end > top);
  const item = row === undefined ? undefined : items[row.index];
  if (row === undefined || item === undefined) return null;
  // The day's own heading is in view.
  const isHeaded = item.startsDay && row.start >= top;
  return (
    <p className={classNames(styles.floating, virtualizer.isScrolling && !isHeaded && styles.shown)}>
      <button type="button" tabIndex={-1} title={words('date.open')} onClick={onDate}>
        {dayWords(item.at, new Date(today), words)}
      </button>
    </p>
  );
}
