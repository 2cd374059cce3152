import { ArrowDown, AtSign } from 'lucide-react';
import type { MouseEvent, ReactNode } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ConversationRow } from '#app/local-store/local-store.ts';
import { Badge } from '#app/ui/Badge.tsx';
import { useConversation } from './conversation-context.ts';
import styles from './MessageList.module.css';

interface JumpButtonsProps {
  row: ConversationRow | undefined;
  /** Goes to the newest message; undefined while it is in view. */
  onEnd: ((event: MouseEvent<HTMLElement>) => void) | undefined;
}

/** Buttons above the composer: to the first unread message that mentions the person, and to the newest one. [C7] [RD5] */
export function JumpButtons({ row, onEnd }: JumpButtonsProps) {
  const words = useWords();
  const { client, stream, jumpTo } = useConversation();
  const { unread = 0, mentioned = [] } = row ?? {};
  const toMention = async () => {
    const [seq] = mentioned;
    if (seq === undefined) return;
    const [message] = await client.store.messages(stream, { fromSeq: seq, toSeq: seq });
    if (message !== undefined) jumpTo(message.id);
  };
  return (
    <div className={styles.jumps}>
      {mentioned.length > 0 && (
        <JumpButton
          label={words('chat.jumpMention', { count: mentioned.length })}
          icon={<AtSign size={20} aria-hidden />}
          count={mentioned.length}
          onPress={() => void toMention()}
        />
      )}
      {onEnd !== undefined && (
        <JumpButton
          label={unread > 0 ? words('chat.jumpNew', { count: unread }) : words('chat.jump')}
          icon={<ArrowDown size={20} aria-hidden />}
          count={unread}
          onPress={onEnd}
        />
      )}
    </div>
  );
}

interface JumpButtonProps {
  label: string;
  icon: ReactNode;
  /** How many messages wait there. The badge is absent for 0. */
  count: number;
  onPress: (event: MouseEvent<HTMLElement>) => void;
}

function JumpButton({ label, icon, count, onPress }: JumpButtonProps) {
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
