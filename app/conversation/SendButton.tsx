import { ArrowRight } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { isMenuKey, type Point, type PressEvent } from '#app/ui/menu-press.ts';
import { useMenuPress } from '#app/ui/use-menu-press.ts';

interface SendButtonProps {
  isDisabled: boolean;
  /** It is to be sent later: a menu with times opens here. Absent: that is not offered. */
  onLater: ((place: Point) => void) | undefined;
}

/** Sends what is in the field; a right click, a long press or the menu key offers to send it later. */
export function SendButton({ isDisabled, onLater }: SendButtonProps) {
  const words = useWords();
  const press = useMenuPress((place) => {
    onLater?.(place);
    return onLater !== undefined;
  });
  return (
    <IconButton
      type="submit"
      label={words('composer.send')}
      look="solid"
      disabled={isDisabled}
      {...press}
      onKeyDown={(event) =>
        takeKey(event, () => {
          if (!isMenuKey(event) || onLater === undefined) return;
          event.preventDefault();
          const { left, top } = event.currentTarget.getBoundingClientRect();
          onLater({ clientX: left, clientY: top });
        })
      }
      onPointerDown={(event: PressEvent) => {
        // The field keeps the focus; otherwise a phone's keyboard would close and open again for every message.
        event.preventDefault();
        press.onPointerDown(event);
      }}
    >
      <ArrowRight size={20} aria-hidden />
    </IconButton>
  );
}
