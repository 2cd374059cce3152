import type { MouseEvent, ReactNode } from 'react';
import { Badge } from '#app/ui/Badge.tsx';
import styles from './MessageList.module.css';

interface JumpButtonProps {
  label: string;
  icon: ReactNode;
  /** How many messages wait there. The badge is absent for 0. */
  count: number;
  onPress: (event: MouseEvent<HTMLElement>) => void;
}

/** A round button above the composer that leads to another place in the chat. [C7] [RD5] */
export function JumpButton({ label, icon, count, onPress }: JumpButtonProps) {
  return (
    <button
      type="button"
      className={styles.jump}
      aria-label={label}
      title={label}
      onClick={onPress}
      // The field keeps the focus during a press with a finger or a mouse.
      onPointerDown={(event) => event.preventDefault()}
    >
      {icon}
      {count > 0 && (
        <span className={styles.jumpCount}>
          <Badge count={count} />
        </span>
      )}
    </button>
  );
}
