import { useRef, useState, type SubmitEvent } from 'react';
import type { HttpProblem } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { PasswordField } from '#app/password/PasswordField.tsx';
import styles from './Settings.module.css';

interface DeletionDialogProps {
  email: string;
  /** Undefined until it is known. */
  hasPassword: boolean | undefined;
  /** Resolves to the problem; after a success, nobody is signed in. */
  onDelete: (password: string) => Promise<HttpProblem | undefined>;
  onClose: () => void;
}

/** Explains what deleting the account does before it asks for the password. [AC1] */
export default function DeletionDialog({ email, hasPassword, onDelete, onClose }: DeletionDialogProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  const [isWorking, setWorking] = useState(false);

  async function remove(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    setWorking(true);
    const problem = await onDelete(fieldText(form.current, 'password'));
    setWorking(false);
    if (problem === undefined) return;
    setError(accountProblemWords(problem, words));
    form.current?.querySelector<HTMLInputElement>('[name=password]')?.focus();
  }

  return (
    <Dialog title={words('deletion.title')} onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={(event) => void remove(event)} noValidate>
        <ul className={styles.facts}>
          <li>{words('deletion.grace')}</li>
          <li>{words('deletion.messages')}</li>
          <li>{words('deletion.devices')}</li>
        </ul>
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        <PasswordField
          label={words('settings.currentPassword')}
          hint={hasPassword === true ? undefined : words('deletion.passwordHint')}
          autoComplete="current-password"
          name="password"
          error={error}
          onChange={() => setError(undefined)}
        />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" look="danger" aria-disabled={isWorking}>
            {words('deletion.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
