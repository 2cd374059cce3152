import { MoreVertical, SmilePlus } from 'lucide-react';
import { Suspense, type RefObject } from 'react';
import { useQuickEmojis } from '#app/emoji/quick-emojis.ts';
import { emojiWords } from '#app/i18n/reaction-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { MenuPress } from '#app/ui/menu-press.ts';
import { useConversation } from './conversation-context.ts';
import styles from './MessageRow.module.css';

const ActionMenu = lazyComponent(() => import('#app/ui/ActionMenu.tsx'));
const EmojiPopover = lazyComponent(() => import('#app/emoji/EmojiPopover.tsx'));

/** The menu, at its button or where the message was pressed, or the emojis to react with. */
export type OpenMenu = { kind: 'menu'; press?: MenuPress | undefined } | { kind: 'emojis' };

interface MessageMenuProps {
  item: TimelineItem;
  actions: Action[];
  article: RefObject<HTMLElement | null>;
  open: OpenMenu | undefined;
  onOpen: (open: OpenMenu) => void;
  onClose: () => void;
}

/** The buttons beside a message, and the menu or the emojis while they are open. Keys, right-click and long press open them too. */
export function MessageMenu({ item, actions, article, open, onOpen, onClose }: MessageMenuProps) {
  const words = useWords();
  const { react } = useConversation();
  const quick = useQuickEmojis();
  const mayReact = react !== undefined && item.seq !== undefined;
  const isPressed = (emoji: string) => item.reactions.some((reaction) => reaction.emoji === emoji && reaction.isOwn);
  const toggle = (emoji: string) => react?.(item, emoji, !isPressed(emoji));
  const offered: Action[] = mayReact
    ? [
        {
          label: words('menu.react'),
          icon: <SmilePlus size={18} aria-hidden />,
          run: () => onOpen({ kind: 'emojis' }),
        },
        ...actions,
      ]
    : actions;

  const isMenuOpen = open?.kind === 'menu';
  const press = isMenuOpen ? open.press : undefined;
  const button = (
    <button
      type="button"
      tabIndex={-1}
      className={classNames(styles.more, isMenuOpen && styles.moreOpen)}
      aria-label={words('menu.open')}
      aria-haspopup="menu"
      onClick={() => onOpen({ kind: 'menu' })}
    >
      <MoreVertical size={17} aria-hidden />
    </button>
  );
  const signs = {
    label: words('react.title'),
    signs: quick.map((emoji) => ({ sign: emoji, label: emojiWords(emoji, words), run: () => toggle(emoji) })),
  };
  return (
    <span className={styles.tools}>
      {mayReact && (
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
      {(!isMenuOpen || press !== undefined) && button}
      {isMenuOpen && (
        <Suspense fallback={press === undefined && button}>
          <ActionMenu
            trigger={press ?? button}
            actions={offered}
            // A finger has no room for the button beside the message.
            signs={mayReact && press?.isTouch === true ? signs : undefined}
            label={words('menu.open')}
            onClose={onClose}
          />
        </Suspense>
      )}
      {open?.kind === 'emojis' && mayReact && (
        <Suspense fallback={null}>
          <EmojiPopover
            anchor={article.current?.querySelector<HTMLElement>('[data-bubble]') ?? document.body}
            label={words('react.title')}
            isPressed={isPressed}
            onClose={onClose}
            onPick={(emoji) => {
              onClose();
              toggle(emoji);
            }}
          />
        </Suspense>
      )}
    </span>
  );
}
