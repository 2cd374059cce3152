import { Pencil } from 'lucide-react';
import { previewOf } from '#app/i18n/message-text-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { EditUnderWay } from '#app/local-store/local-store.ts';
import { Button } from '#app/ui/Button.tsx';
import styles from './Quote.module.css';

interface UnfinishedEditProps {
  edit: EditUnderWay;
  onContinue: () => void;
  onDiscard: () => void;
}

/** An edit whose dialog or page was closed; its text is kept here. */
export default function UnfinishedEdit({ edit, onContinue, onDiscard }: UnfinishedEditProps) {
  const words = useWords();
  return (
    <div className={styles.replying} role="group" aria-label={words('edit.unfinished')}>
      <Pencil size={16} aria-hidden />
      <span className={styles.words}>
        <span className={styles.who}>{words('edit.unfinished')}</span>
        <span className={styles.text} dir="auto">
          {previewOf(edit.text)}
        </span>
      </span>
      <Button look="link" onClick={onContinue}>
        {words('edit.continue')}
      </Button>
      <Button look="link" onClick={onDiscard}>
        {words('failed.discard')}
      </Button>
    </div>
  );
}
