import { Copy, Forward, Trash2, X } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { useBackCloses } from '#app/ui/history-layers.ts';
import type { OpId } from '#protocol/ids.ts';
import type { Role } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import { selectedOf } from './selected.ts';
import { useCopy } from './use-copy.ts';
import { useDeletion } from './use-deletion.ts';
import styles from './Conversation.module.css';

interface SelectionBarProps {
  items: readonly TimelineItem[];
  ids: ReadonlySet<OpId>;
  /** Undefined for somebody who has left. */
  role: Role | undefined;
  onForward: (ids: readonly OpId[]) => void;
  onEnd: () => void;
}

/** What can be done with the selected messages; it replaces the chat's bar. */
export default function SelectionBar({ items, ids, role, onForward, onEnd }: SelectionBarProps) {
  const words = useWords();
  const copy = useCopy();
  useBackCloses(onEnd);
  const { stream, self, outbox } = useConversation();
  const { remove } = useDeletion(stream, outbox);
  const selected = selectedOf(items, ids, { userId: self, role });
  const count = selected.ids.length;
  const thenEnd = (act: () => void) => () => {
    onEnd();
    act();
  };
  return (
    <div role="toolbar" aria-label={words('select.title')} className={styles.selection}>
      <IconButton label={words('select.end')} onClick={onEnd}>
        <X size={19} aria-hidden />
      </IconButton>
      <p role="status" className={styles.selected}>
        {words('select.count', { count })}
      </p>
      <IconButton
        label={words('menu.copy')}
        disabled={selected.text === ''}
        onClick={thenEnd(() => copy(selected.text))}
      >
        <Copy size={19} aria-hidden />
      </IconButton>
      {role !== undefined && (
        <IconButton
          label={words('menu.forward')}
          disabled={count === 0}
          onClick={thenEnd(() => onForward(selected.ids))}
        >
          <Forward size={19} aria-hidden />
        </IconButton>
      )}
      {role !== undefined && (
        <IconButton
          label={words(selected.mayDelete ? 'menu.delete' : 'select.notYours')}
          disabled={count === 0 || !selected.mayDelete}
          onClick={thenEnd(() => void remove(selected.ids))}
        >
          <Trash2 size={19} aria-hidden />
        </IconButton>
      )}
    </div>
  );
}
