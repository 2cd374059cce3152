import { X } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import type { Quoted } from './quoted.ts';
import { QuotedText } from './Quote.tsx';
import styles from './Quote.module.css';

/** The message being replied to, above the composer's field. */
export function ReplyPreview({ quoted, onCancel }: { quoted: Quoted; onCancel: () => void }) {
  const words = useWords();
  return (
    <div className={styles.replying} role="group" aria-label={words('chat.replyTo', { name: quoted.who })}>
      <span className={styles.words}>
        <QuotedText quoted={quoted} />
      </span>
      <IconButton label={words('chat.replyCancel')} onClick={onCancel}>
        <X size={18} aria-hidden />
      </IconButton>
    </div>
  );
}
