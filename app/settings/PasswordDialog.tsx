import { useRef, useState, type SubmitEvent } from 'react';
import type { HttpProblem } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { NewPasswordField } from '#app/password/NewPasswordField.tsx';
import { PasswordField } from '#app/password/PasswordField.tsx';
import styles from './Settings.module.css';

export type ChangePassword = (current: string, next: string) => Promise<HttpProblem | undefined>;

interface PasswordDialogProps {
  email: string;
  /** There is no password yet, so the current one is not asked for. */
  isFirst: boolean;
  onChange: ChangePassword;
  onDone: () => void;
  onClose: () => void;
}

export function PasswordDialog({ email, isFirst, onChange, onDone, onClose }: PasswordDialogProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  const title = words(isFirst ? 'settings.setPassword' : 'settings.changePassword');

  async function save(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    const [current, next] = [fieldText(form.current, 'current'), fieldText(form.current, 'next')];
    if (current === '' && !isFirst) return setError(words('account.emptyPassword'));
    if (next.length < 8) return setError(words('account.short'));
    setWorking(true);
    const problem = await onChange(current, next);
    setWorking(false);
    if (problem === undefined) onDone();
    else setError(accountProblemWords(problem, words));
    return undefined;
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={(event) => void save(event)} noValidate>
        {/* Tells password managers which account this password belongs to. */}
        <input type="email" autoComplete="username" value={email} readOnly hidden />
        {!isFirst && (
          <PasswordField label={words('settings.currentPassword')} autoComplete="current-password" name="current" />
        )}
        <NewPasswordField label={words('settings.newPassword')} name="next" about={() => [email]} />
        <p className={styles.label}>{words('settings.passwordNote')}</p>
        {error !== undefined && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" disabled={isWorking}>
            {isWorking ? words('account.working') : title}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
