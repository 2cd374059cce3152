import { emojiWords } from '#app/i18n/reaction-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { useConversation } from './conversation-context.ts';
import styles from './Reactions.module.css';

interface ReactionsProps {
  item: TimelineItem;
  /** The chips of the list's tab stop can be reached with Tab too. */
  isTabStop: boolean;
}

/** A chip for each emoji: shown as pressed if the user reacted with it; pressing it adds or removes their reaction. [A17] */
export function Reactions({ item, isTabStop }: ReactionsProps) {
  const words = useWords();
  const { react } = useConversation();
  return (
    <div className={styles.reactions} role="group" aria-label={words('chat.reactions')}>
      {item.reactions.map(({ emoji, count, isOwn }) => (
        <button
          key={emoji}
          type="button"
          className={styles.chip}
          aria-pressed={isOwn}
          aria-label={words('chat.reaction', { emoji: emojiWords(emoji, words), count })}
          tabIndex={isTabStop ? 0 : -1}
          disabled={react === undefined}
          onClick={() => react?.(item, emoji, !isOwn)}
        >
          <span aria-hidden>{emoji}</span>
          <span aria-hidden className={styles.count}>
            {count}
          </span>
        </button>
      ))}
    </div>
  );
}
