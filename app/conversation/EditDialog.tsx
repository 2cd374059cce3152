import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { classNames } from '#app/ui/class-names.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { limits } from '#protocol/limits.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Conversation.module.css';

interface EditDialogProps {
  text: string;
  onSave: (text: string) => void;
  onClose: () => void;
}

export function EditDialog({ text: initial, onSave, onClose }: EditDialogProps) {
  const words = useWords();
  const [text, setText] = useState(initial);
  const over = text.length - limits.text;
  return (
    <Dialog title={words('edit.title')} onClose={onClose}>
      <form
        className={styles.edit}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '' && over <= 0) onSave(text.toWellFormed());
        }}
      >
        <textarea
          className={classNames(shapes.input, styles.editField)}
          aria-label={words('edit.title')}
          dir="auto"
          rows={3}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {over > 0 && <p className={styles.over}>{words('composer.over', { count: over })}</p>}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" disabled={text.trim() === '' || over > 0}>
            {words('edit.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
