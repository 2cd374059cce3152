import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useKept } from '#app/ui/use-kept.ts';
import { isVisible } from '#protocol/names.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import { EditField, charactersOver } from './EditField.tsx';
import styles from './Conversation.module.css';

interface ScheduledEditProps {
  message: ScheduledMessage;
  /** Resolves once the device has stored it. */
  onSave: (text: string) => Promise<void>;
  onClose: () => void;
}

/** The text of a message that waits for its time. */
export function ScheduledEdit({ message, onSave, onClose }: ScheduledEditProps) {
  const words = useWords();
  const { outbox } = useConversation();
  const { held: text, keep: setText, forget } = useKept(outbox, `scheduled ${message.id}`, message.text);
  const [hasFailed, setFailed] = useState(false);
  const isComplete = (message.attachments.length > 0 || isVisible(text)) && charactersOver(text) <= 0;
  async function save() {
    if (!isComplete) return;
    setFailed(false);
    try {
      await onSave(text.toWellFormed());
      forget();
    } catch {
      setFailed(true);
    }
  }
  const close = () => {
    forget();
    onClose();
  };
  return (
    <Dialog title={words('scheduled.editText')} onClose={close}>
      <form
        className={styles.edit}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <EditField label={words('scheduled.editText')} text={text} onChange={setText} onSave={() => void save()} />
        {hasFailed && (
          <p role="alert" className={styles.over}>
            {words('composer.notSaved')}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={close}>
          <Button type="submit" disabled={!isComplete}>
            {words('edit.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
