import { emojiWords } from '#app/i18n/reaction-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { Reaction } from '#app/shown/timeline.ts';
import styles from './Reactions.module.css';

interface ReactionsProps {
  reactions: readonly Reaction[];
  /** Chips are tab stops in the message that is the list's own. */
  isTabStop: boolean;
  /** Absent for one who has left. */
  onReact: ((emoji: string, on: boolean) => void) | undefined;
}

/** A chip for each emoji: pressed where one has reacted so, a press adds or takes back. [A17] */
export function Reactions({ reactions, isTabStop, onReact }: ReactionsProps) {
  const words = useWords();
  return (
    <div className={styles.reactions} role="group" aria-label={words('chat.reactions')}>
      {reactions.map(({ emoji, count, isOwn }) => (
        <button
          key={emoji}
          type="button"
          className={styles.chip}
          aria-pressed={isOwn}
          aria-label={words('chat.reaction', { emoji: emojiWords(emoji, words), count })}
          tabIndex={isTabStop ? 0 : -1}
          disabled={onReact === undefined}
          onClick={() => onReact?.(emoji, !isOwn)}
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
