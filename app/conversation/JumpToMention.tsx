import { AtSign } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { Badge } from '#app/ui/Badge.tsx';
import styles from './MessageList.module.css';

interface JumpToMentionProps {
  count: number;
  onPress: () => void;
}

/** The way to the first unread message that mentions the person, with the number of such messages. [RD5] */
export function JumpToMention({ count, onPress }: JumpToMentionProps) {
  const words = useWords();
  const label = words('chat.jumpMention', { count });
  return (
    <button
      type="button"
      className={styles.jump}
      aria-label={label}
      title={label}
      onClick={onPress}
      // The field keeps the focus while one presses with a finger or a mouse.
      onPointerDown={(event) => event.preventDefault()}
    >
      <AtSign size={20} aria-hidden />
      <span className={styles.jumpCount}>
        <Badge count={count} />
      </span>
    </button>
  );
}
