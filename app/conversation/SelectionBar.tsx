import { Copy, Forward, Trash2, X } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import type { Selected } from './selection.ts';
import styles from './Conversation.module.css';

interface SelectionBarProps {
  selected: Selected;
  /** False for somebody who has left. */
  mayForward: boolean;
  onCopy: () => void;
  onForward: () => void;
  onDelete: () => void;
  onEnd: () => void;
}

/** What can be done with the selected messages, in the place of the chat's bar. */
export function SelectionBar({ selected, mayForward, onCopy, onForward, onDelete, onEnd }: SelectionBarProps) {
  const words = useWords();
  const count = selected.ids.length;
  return (
    <div role="toolbar" aria-label={words('select.title')} className={styles.selection}>
      <IconButton label={words('select.end')} onClick={onEnd}>
        <X size={19} aria-hidden />
      </IconButton>
      <p role="status" className={styles.selected}>
        {words('select.count', { count })}
      </p>
      <IconButton label={words('menu.copy')} disabled={selected.text === ''} onClick={onCopy}>
        <Copy size={19} aria-hidden />
      </IconButton>
      {mayForward && (
        <IconButton label={words('menu.forward')} disabled={count === 0} onClick={onForward}>
          <Forward size={19} aria-hidden />
        </IconButton>
      )}
      {mayForward && (
        <IconButton
          label={words(selected.mayDelete ? 'menu.delete' : 'select.notYours')}
          disabled={count === 0 || !selected.mayDelete}
          onClick={onDelete}
        >
          <Trash2 size={19} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
