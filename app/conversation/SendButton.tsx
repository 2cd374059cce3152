import { ArrowRight, Clock } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { isMenuKey, type Point, type PressEvent } from '#app/ui/menu-press.ts';
import { useMenuPress } from '#app/ui/use-menu-press.ts';
import styles from './Composer.module.css';

interface SendButtonProps {
  isDisabled: boolean;
  /** Opens a menu with times at this point, to send the message later. Absent if that is not offered. */
  onLater: ((place: Point) => void) | undefined;
}

/**
 * Sends what is in the field. The button beside it offers to send it later, as do a right click on Send, a long press and the
 * menu key. [SM1]
 */
export function SendButton({ isDisabled, onLater }: SendButtonProps) {
  const words = useWords();
  const press = useMenuPress((place) => {
    onLater?.(place);
    return onLater !== undefined;
  });
  const send = (
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
  if (onLater === undefined || isDisabled) return send;
  return (
    <>
      <IconButton
        className={styles.later}
        label={words('composer.later')}
        aria-haspopup="menu"
        // As above.
        onPointerDown={(event: PressEvent) => event.preventDefault()}
        onClick={({ currentTarget }) => {
          const { left, top } = currentTarget.getBoundingClientRect();
          onLater({ clientX: left, clientY: top });
        }}
      >
        <Clock size={18} aria-hidden />
      </IconButton>
      {send}
    </>
  );
}
