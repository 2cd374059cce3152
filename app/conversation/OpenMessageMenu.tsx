import { SmilePlus } from 'lucide-react';
import { Suspense, useEffect, type ReactElement, type RefObject } from 'react';
import { useQuickEmojis } from '#app/emoji/quick-emojis.ts';
import { emojiWords } from '#app/i18n/reaction-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import type { Action } from '#app/ui/ActionMenu.tsx';
import { lazyComponent, lazyExtra } from '#app/ui/lazy-component.ts';
import type { MenuPress } from '#app/ui/menu-press.ts';
import { useConversation } from './conversation-context.ts';

const ActionMenu = lazyComponent(() => import('#app/ui/ActionMenu.tsx'));
const EmojiPopover = lazyExtra(() => import('#app/emoji/EmojiPopover.tsx'));

/** The menu, at its button or where the message was pressed, or the emojis to react with. */
export type OpenMenu = { kind: 'menu'; press?: MenuPress | undefined } | { kind: 'emojis' };

interface OpenMessageMenuProps {
  item: TimelineItem;
  actions: Action[];
  article: RefObject<HTMLElement | null>;
  open: OpenMenu;
  /** The menu's button, at which it opens unless the message itself was pressed. */
  button: ReactElement;
  onOpen: (open: OpenMenu) => void;
  onClose: () => void;
}

/** A message's menu or its emojis. A separate component, so that messages without an open menu do none of this work. */
export function OpenMessageMenu({ item, actions, article, open, button, onOpen, onClose }: OpenMessageMenuProps) {
  const words = useWords();
  const { react } = useConversation();
  const quick = useQuickEmojis();
  const mayReact = react !== undefined && item.seq !== undefined;
  const isPressed = (emoji: string) => item.reactions.some((reaction) => reaction.emoji === emoji && reaction.isOwn);
  const toggle = (emoji: string) => react?.(item, emoji, !isPressed(emoji));

  useEffect(() => {
    const owner = article.current;
    // It also disappears when somebody deletes the message. The focus then stays in the list. [A4]
    return () => {
      if (document.activeElement === document.body) owner?.focus({ preventScroll: true });
    };
  }, [article]);

  if (open.kind === 'emojis') {
    return (
      <>
        {button}
        {mayReact && (
          <EmojiPopover
            anchor={article.current?.querySelector<HTMLElement>('[data-bubble]') ?? document.body}
            label={words('menu.react')}
            isPressed={isPressed}
            onClose={onClose}
            onPick={(emoji) => {
              onClose();
              toggle(emoji);
            }}
          />
        )}
      </>
    );
  }

  const { press } = open;
  const reactFirst: Action = {
    label: words('menu.react'),
    icon: <SmilePlus size={18} aria-hidden />,
    run: () => onOpen({ kind: 'emojis' }),
  };
  const signs = {
    label: words('menu.react'),
    signs: quick.map((emoji) => ({ sign: emoji, label: emojiWords(emoji, words), run: () => toggle(emoji) })),
  };
  return (
    <>
      {press !== undefined && button}
      <Suspense fallback={press === undefined && button}>
        <ActionMenu
          trigger={press ?? button}
          actions={mayReact ? [reactFirst, ...actions] : actions}
          // On touch screens there is no room for the button beside the message.
          signs={mayReact && press?.isTouch === true ? signs : undefined}
          label={words('menu.open')}
          onClose={onClose}
        />
      </Suspense>
    </>
  );
}
