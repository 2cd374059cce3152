import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { EditUnderWay, ViewStore } from '#app/local-store/local-store.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { isVisible } from '#protocol/names.ts';
import { EditField, charactersOver } from './EditField.tsx';
import { useCopy } from './use-copy.ts';
import { useEdit } from './use-edit.ts';
import styles from './Conversation.module.css';

interface EditDialogProps {
  store: ViewStore;
  /** The unfinished edit, or the message's text. */
  edit: EditUnderWay;
  /** The message's text as it is now; undefined once it is deleted. */
  current: string | undefined;
  /** Resolves once the device has stored it. */
  onSave: (text: string) => Promise<void>;
  onClose: () => void;
}

/** Closing keeps the edit, which is then offered above the composer. What others have done to the message meanwhile is shown. */
export function EditDialog({ store, edit, current, onSave, onClose }: EditDialogProps) {
  const words = useWords();
  const copy = useCopy();
  const { text, setText, end, resume, from } = useEdit(store, edit);
  const [state, setState] = useState<'open' | 'saving' | 'failed'>('open');
  const isDeleted = current === undefined;
  const isChanged = !isDeleted && current !== from && current !== text;

  async function save() {
    if (state === 'saving' || isDeleted || !isVisible(text) || charactersOver(text) > 0) return;
    setState('saving');
    end();
    try {
      await onSave(text.toWellFormed());
    } catch {
      resume();
      setState('failed');
    }
  }

  return (
    <Dialog title={words('edit.title')} onClose={onClose}>
      <form
        className={styles.edit}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
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
        <EditField label={words('edit.title')} text={text} onChange={setText} onSave={() => void save()} />
        {state === 'failed' && (
          <p role="alert" className={styles.over}>
            {words('composer.notSaved')}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          {isDeleted ? (
            <Button onClick={() => copy(text)}>{words('menu.copy')}</Button>
          ) : (
            <Button type="submit" disabled={!isVisible(text) || charactersOver(text) > 0}>
              {words('edit.save')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
