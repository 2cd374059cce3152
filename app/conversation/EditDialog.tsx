import { useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { EditUnderWay, ViewStore } from '#app/local-store/local-store.ts';
import { Button } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { useBoundedText } from '#app/ui/use-bounded-text.ts';
import { limits } from '#protocol/limits.ts';
import { isVisible } from '#protocol/names.ts';
import { isSendingKey } from './sending-key.ts';
import { useCopy } from './use-copy.ts';
import { useEdit } from './use-edit.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Conversation.module.css';

interface EditDialogProps {
  store: ViewStore;
  /** The edit as it was left, or the message's text. */
  begun: EditUnderWay;
  /** The message's text as it is now; undefined once it is deleted. */
  current: string | undefined;
  onSave: (text: string) => void;
  onClose: () => void;
}

/** Closing keeps the edit, which is then offered above the composer. What others have done to the message meanwhile is shown. */
export function EditDialog({ store, begun, current, onSave, onClose }: EditDialogProps) {
  const words = useWords();
  const copy = useCopy();
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, setText, end, from } = useEdit(store, begun);
  const { refused, accepts, maxLength } = useBoundedText(field);
  const over = text.length - limits.text;
  const isDeleted = current === undefined;
  const isChanged = !isDeleted && current !== from && current !== text;

  function save() {
    if (isDeleted || !isVisible(text) || over > 0) return;
    end();
    onSave(text.toWellFormed());
  }

  return (
    <Dialog title={words('edit.title')} onClose={onClose}>
      <form
        className={styles.edit}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <div role="status">
          {isDeleted && <p className={styles.changed}>{words('edit.deleted')}</p>}
          {isChanged && (
            <div className={styles.changed}>
              <p>{words('edit.changed')}</p>
              <p className={styles.theirs} dir="auto">
                {current}
              </p>
            </div>
          )}
        </div>
        <textarea
          ref={field}
          className={classNames(shapes.input, styles.editField)}
          aria-label={words('edit.title')}
          dir="auto"
          maxLength={maxLength}
          rows={3}
          value={text}
          onChange={({ target }) => accepts(target.value) && setText(target.value)}
          onKeyDown={(event) =>
            takeKey(event, () => {
              if (!isSendingKey(event)) return;
              event.preventDefault();
              save();
            })
          }
        />
        {over > 0 && <p className={styles.over}>{words('composer.over', { count: over })}</p>}
        {refused !== undefined && (
          <p role="alert" className={styles.over}>
            {words('composer.refused', { count: refused, max: limits.text })}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          {isDeleted ? (
            <Button onClick={() => copy(text)}>{words('menu.copy')}</Button>
          ) : (
            <Button type="submit" disabled={!isVisible(text) || over > 0}>
              {words('edit.save')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
