import { ArrowDown } from 'lucide-react';
import type { MouseEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Badge } from '#app/ui/Badge.tsx';
import styles from './MessageList.module.css';

interface JumpToEndProps {
  unread: number;
  onPress: (event: MouseEvent<HTMLElement>) => void;
}

/** The way to the newest message, with the number of unread ones. [C7] */
export function JumpToEnd({ unread, onPress }: JumpToEndProps) {
  const words = useWords();
  const label = unread > 0 ? words('chat.jumpNew', { count: unread }) : words('chat.jump');
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
      <ArrowDown size={20} aria-hidden />
      {unread > 0 && (
        <span className={styles.jumpCount}>
          <Badge count={unread} />
        </span>
      )}
    </button>
  );
}
