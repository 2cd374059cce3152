import { X } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import type { Quoted } from './quoted.ts';
import styles from './Quote.module.css';

/** The message being replied to, above the composer's field. */
export function ReplyPreview({ quoted, onCancel }: { quoted: Quoted; onCancel: () => void }) {
  const words = useWords();
  return (
    <div className={styles.replying} role="group" aria-label={words('chat.replyTo', { name: quoted.who })}>
      <span className={styles.words}>
        <span className={styles.who} dir="auto">
          {quoted.who}
        </span>
        <span className={styles.text} dir="auto">
          {quoted.text}
        </span>
      </span>
      <IconButton label={words('chat.replyCancel')} onClick={onCancel}>
        <X size={18} aria-hidden />
      </IconButton>
    </div>
  );
}
