import { Plus } from 'lucide-react';
import { Popover, Toolbar } from 'radix-ui';
import { Suspense, useRef, useState } from 'react';
import { emojiWords } from '#app/i18n/reaction-words.ts';
import { useWords, withAllWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { hasFinePointer } from '#app/ui/fine-pointer.ts';
import { useBackCloses } from '#app/ui/history-layers.ts';
import { useQuickEmojis } from './quick-emojis.ts';
import styles from './EmojiPopover.module.css';

const EmojiPicker = lazyComponent(withAllWords(() => import('./EmojiPicker.tsx')));

interface EmojiPopoverProps {
  /** The element beside which it opens. */
  anchor: HTMLElement;
  label: string;
  /** Shows the whole picker at once, not only the emojis used last. */
  isWhole?: boolean;
  isPressed?: (emoji: string) => boolean;
  onPick: (emoji: string) => void;
  onClose: () => void;
}

/** The emojis used last, and all others behind a button. It does not dim the page, and Escape or a press elsewhere closes it. */
export default function EmojiPopover({
  anchor,
  label,
  isWhole = false,
  isPressed,
  onPick,
  onClose,
}: EmojiPopoverProps) {
  const words = useWords();
  const [showsAll, setShowsAll] = useState(isWhole);
  const content = useRef<HTMLDivElement>(null);
  const quick = useQuickEmojis();
  useBackCloses(onClose);
  return (
    <Popover.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Popover.Anchor virtualRef={{ current: anchor }} />
      <Popover.Portal>
        <Popover.Content
          ref={content}
          className={styles.popover}
          side="top"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          onOpenAutoFocus={(event) => {
            // On a phone, the focus in the search would open the keyboard over the emojis.
            if (!isWhole || hasFinePointer()) return;
            event.preventDefault();
            content.current?.focus();
          }}
          // The caller returns the focus: there is no trigger to which it could return by itself.
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {showsAll ? (
            <Suspense fallback={<p role="status">{words('lazy.loading')}</p>}>
              <EmojiPicker onPick={onPick} />
            </Suspense>
          ) : (
            <Toolbar.Root className={styles.quick} aria-label={label}>
              {quick.map((emoji) => (
                <Toolbar.Button
                  key={emoji}
                  className={styles.emoji}
                  aria-label={emojiWords(emoji, words)}
                  aria-pressed={isPressed?.(emoji)}
                  onClick={() => onPick(emoji)}
                >
                  {emoji}
                </Toolbar.Button>
              ))}
              <Toolbar.Button
                className={styles.more}
                aria-label={words('emojis.all')}
                onClick={() => setShowsAll(true)}
              >
                <Plus size={20} aria-hidden />
              </Toolbar.Button>
            </Toolbar.Root>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
