import { Smile } from 'lucide-react';
import { memo, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { emojiUsed } from '#app/state/emojis.ts';
import { useAppDispatch } from '#app/state/store.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';

const EmojiPopover = lazyExtra(() => import('./EmojiPopover.tsx'));

/** Opens the emoji picker above itself. `onClose` returns the focus to the field that the emoji is for. */
export const EmojiButton = memo(function EmojiButton({
  onPick,
  onClose,
}: {
  onPick: (emoji: string) => void;
  onClose: () => void;
}) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const [anchor, setAnchor] = useState<HTMLElement>();
  const close = () => {
    setAnchor(undefined);
    onClose();
  };
  return (
    <>
      <IconButton
        label={words('emojis.open')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Smile size={20} aria-hidden />
      </IconButton>
      {anchor !== undefined && (
        <EmojiPopover
          anchor={anchor}
          label={words('emojis.open')}
          isWhole
          onClose={close}
          onPick={(emoji) => {
            dispatch(emojiUsed(emoji));
            close();
            onPick(emoji);
          }}
        />
      )}
    </>
  );
});
