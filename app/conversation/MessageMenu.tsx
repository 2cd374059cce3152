import { MoreVertical } from 'lucide-react';
import { Suspense } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import styles from './MessageRow.module.css';

const ActionMenu = lazyComponent(() => import('#app/ui/ActionMenu.tsx'));

interface MessageMenuProps {
  actions: Action[];
  isOpen: boolean;
  onOpen: () => void;
  onClose: () => void;
}

/** The button of a message's menu, and the menu while it is open. Keys and a long press on the message open it too. */
export function MessageMenu({ actions, isOpen, onOpen, onClose }: MessageMenuProps) {
  const words = useWords();
  const trigger = (
    <button
      type="button"
      tabIndex={-1}
      className={classNames(styles.more, isOpen && styles.moreOpen)}
      aria-label={words('menu.open')}
      aria-haspopup="menu"
      onClick={onOpen}
    >
      <MoreVertical size={17} aria-hidden />
    </button>
  );
  if (!isOpen) return trigger;
  return (
    <Suspense fallback={trigger}>
      <ActionMenu trigger={trigger} actions={actions} label={words('menu.open')} onClose={onClose} />
    </Suspense>
  );
}
