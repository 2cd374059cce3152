import { MoreVertical, SmilePlus } from 'lucide-react';
import type { RefObject } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { useConversation } from './conversation-context.ts';
import { OpenMessageMenu, type OpenMenu } from './OpenMessageMenu.tsx';
import styles from './MessageRow.module.css';

interface MessageMenuProps {
  item: TimelineItem;
  actions: Action[];
  article: RefObject<HTMLElement | null>;
  open: OpenMenu | undefined;
  onOpen: (open: OpenMenu) => void;
  onClose: () => void;
}

/** The buttons beside a message, and what they open. Keys, right-click and long press open it too. */
export function MessageMenu(props: MessageMenuProps) {
  const { item, open, onOpen } = props;
  const words = useWords();
  const { react } = useConversation();
  const button = (
    <button
      type="button"
      tabIndex={-1}
      className={classNames(styles.more, open?.kind === 'menu' && styles.moreOpen)}
      aria-label={words('menu.open')}
      aria-haspopup="menu"
      onClick={() => onOpen({ kind: 'menu' })}
    >
      <MoreVertical size={17} aria-hidden />
    </button>
  );
  return (
    <span className={styles.tools}>
      {react !== undefined && item.seq !== undefined && (
        <button
          type="button"
          tabIndex={-1}
          className={classNames(styles.more, styles.reactNow, open !== undefined && styles.moreOpen)}
          aria-label={words('menu.react')}
          title={words('menu.react')}
          aria-haspopup="dialog"
          onClick={() => onOpen({ kind: 'emojis' })}
        >
          <SmilePlus size={17} aria-hidden />
        </button>
      )}
      {open === undefined ? button : <OpenMessageMenu {...props} open={open} button={button} />}
    </span>
  );
}
