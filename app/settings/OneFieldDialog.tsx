import { useState, type SubmitEvent } from 'react';
import type { Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { useTextField } from '#app/ui/use-text-field.ts';
import styles from './Settings.module.css';

interface OneFieldDialogProps<T> {
  title: string;
  body?: string;
  label: string;
  autoComplete: string;
  initial: string;
  /** The value that the text means, or the sentence that says what is wrong with it. */
  parse: (text: string) => { value: T } | { problem: string };
  save: (value: T) => Promise<Outcome<unknown>>;
  onDone: (value: T) => void;
  onClose: () => void;
}

/** Changes one text of the account on the server. */
export function OneFieldDialog<T>(props: OneFieldDialogProps<T>) {
  const { title, body, label, autoComplete, initial, parse, save, onDone, onClose } = props;
  const words = useWords();
  const { text, setError, props: field } = useTextField(initial);
  const [isWorking, setWorking] = useState(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    const parsed = parse(text.toWellFormed());
    if ('problem' in parsed) return setError(parsed.problem);
    setWorking(true);
    const outcome = await save(parsed.value);
    setWorking(false);
    if (outcome.ok) onDone(parsed.value);
    else setError(accountProblemWords(outcome.failure, words));
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {body !== undefined && <p className={styles.label}>{body}</p>}
        <TextField label={label} autoComplete={autoComplete} {...field} />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" disabled={isWorking}>
            {words('edit.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
