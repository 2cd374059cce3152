import { useState, type SubmitEvent } from 'react';
import { changeName } from '#app/http/accounts.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { useTextField } from '#app/ui/use-text-field.ts';
import { limits } from '#protocol/limits.ts';
import { cleanName, isVisible } from '#protocol/names.ts';
import styles from './Settings.module.css';

interface NameDialogProps {
  name: string;
  onDone: (name: string) => void;
  onClose: () => void;
}

/** Changes the user's name, which the server copies to all their member records. [RC5] */
export function NameDialog({ name: initial, onDone, onClose }: NameDialogProps) {
  const words = useWords();
  const { text: name, setError, props } = useTextField(initial);
  const [isWorking, setWorking] = useState(false);

  async function save(event: SubmitEvent) {
    event.preventDefault();
    const next = cleanName(name.toWellFormed());
    if (isWorking) return;
    if (!isVisible(next)) return setError(words('account.emptyName'));
    if (next.length > limits.name) return setError(words('account.name', { max: limits.name }));
    setWorking(true);
    const outcome = await changeName(next);
    setWorking(false);
    if (outcome.ok) onDone(next);
    else setError(accountProblemWords(outcome.failure, words));
    return undefined;
  }

  return (
    <Dialog title={words('settings.changeName')} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void save(event)} noValidate>
        <TextField label={words('field.name')} autoComplete="name" {...props} />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" disabled={isWorking}>
            {words('edit.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
