import { useRef, useState, type SubmitEvent } from 'react';
import type { HttpProblem } from '#app/http/request.ts';
import { verifyCode } from '#app/http/accounts.ts';
import { beginTwoFactor, endTwoFactor, type TwoFactorSetup } from '#app/http/two-factor.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { QrCode } from '#app/ui/QrCode.tsx';
import { saveText } from '#app/ui/save-text.ts';
import { PasswordField } from '#app/password/PasswordField.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import type { ReplaceSession } from './replace-session.ts';
import styles from './Settings.module.css';

interface TwoFactorDialogProps {
  email: string;
  isOn: boolean;
  onReplaceSession: ReplaceSession;
  onDone: () => void;
  onClose: () => void;
}

/** Turns the second factor on, by the password and a first code, or off, by the password. [AC6] */
export default function TwoFactorDialog({ email, isOn, onReplaceSession, onDone, onClose }: TwoFactorDialogProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [setup, setSetup] = useState<TwoFactorSetup>();
  const [error, setError] = useState<string>();
  const [isWorking, setWorking] = useState(false);

  async function step(): Promise<HttpProblem | undefined> {
    if (setup !== undefined) {
      const problem = await onReplaceSession(() => verifyCode(fieldText(form.current, 'code')));
      if (problem === undefined) onDone();
      return problem;
    }
    const password = fieldText(form.current, 'password');
    if (isOn) {
      const problem = await onReplaceSession(() => endTwoFactor(password));
      if (problem === undefined) onDone();
      return problem;
    }
    const outcome = await beginTwoFactor(password);
    if (!outcome.ok) return outcome.failure;
    setSetup(outcome.value);
    return undefined;
  }

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    setWorking(true);
    setError(undefined);
    const problem = await step();
    setWorking(false);
    if (problem !== undefined) setError(accountProblemWords(problem, words));
  }

  return (
    <Dialog title={words(isOn ? 'twoFactor.turnOff' : 'twoFactor.turnOn')} onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        {setup === undefined ? (
          <>
            <p className={styles.label}>{words(isOn ? 'twoFactor.offBody' : 'twoFactor.onBody')}</p>
            <input type="email" autoComplete="username" value={email} readOnly hidden />
            <PasswordField
              label={words('settings.currentPassword')}
              autoComplete="current-password"
              name="password"
              error={error}
            />
          </>
        ) : (
          <>
            <p className={styles.label}>{words('twoFactor.scan')}</p>
            <div className={styles.qr}>
              <QrCode text={setup.totpURI} label={words('twoFactor.qr')} />
            </div>
            <p className={styles.label}>{words('twoFactor.secret')}</p>
            <p className={styles.secret}>{new URL(setup.totpURI).searchParams.get('secret')}</p>
            <p className={styles.label}>{words('twoFactor.recovery')}</p>
            <ul className={styles.codes}>
              {setup.backupCodes.map((code) => (
                <li key={code}>{code}</li>
              ))}
            </ul>
            <Button look="link" onClick={() => saveText('teamlink.txt', `${setup.backupCodes.join('\n')}\n`)}>
              {words('twoFactor.save')}
            </Button>
            <TextField
              label={words('field.code')}
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              error={error}
            />
          </>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" aria-disabled={isWorking}>
            {words(setup === undefined && !isOn ? 'twoFactor.next' : isOn ? 'twoFactor.turnOff' : 'twoFactor.turnOn')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
