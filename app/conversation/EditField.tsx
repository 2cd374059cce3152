import { useLayoutEffect, useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { classNames } from '#app/ui/class-names.ts';
import { takeKey } from '#app/ui/keys.ts';
import { useBoundedText } from '#app/ui/use-bounded-text.ts';
import { limits } from '#protocol/limits.ts';
import { isSendingKey } from '#app/ui/sending-key.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Conversation.module.css';

interface EditFieldProps {
  label: string;
  text: string;
  onChange: (text: string) => void;
  onSave: () => void;
}

/** By how many characters a text is too long; at most 0 if it may be sent. */
export const charactersOver = (text: string) => text.length - limits.text;

/** The text of a message that is changed in a dialog. The key that sends a message saves it. */
export function EditField({ label, text, onChange, onSave }: EditFieldProps) {
  const words = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  const { refused, accepts, maxLength } = useBoundedText(field);
  const over = charactersOver(text);
  // What is typed first continues the text.
  useLayoutEffect(() => field.current?.setSelectionRange(field.current.value.length, field.current.value.length), []);
  return (
    <>
      <textarea
        ref={field}
        className={classNames(shapes.input, styles.editField)}
        aria-label={label}
        dir="auto"
        maxLength={maxLength}
        rows={3}
        value={text}
        onChange={({ target }) => accepts(target.value) && onChange(target.value)}
        onKeyDown={(event) =>
          takeKey(event, () => {
            if (!isSendingKey(event)) return;
            event.preventDefault();
            onSave();
          })
        }
      />
      {over > 0 && <p className={styles.over}>{words('composer.over', { count: over })}</p>}
      {refused !== undefined && (
        <p role="alert" className={styles.over}>
          {words('composer.refused', { count: refused, max: limits.text })}
        </p>
      )}
    </>
  );
}
