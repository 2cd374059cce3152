import { useCallback, useEffect, useRef, useState, type SubmitEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { afterTry, pinWaitMs } from '#app/state/lock.ts';
import { isPin } from '#app/state/pin.ts';
import { lockChanged } from '#app/state/settings.ts';
import { useAppDispatch, useAppSelector } from '#app/state/store.ts';
import { Button } from '#app/ui/Button.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { PasswordField } from '#app/password/PasswordField.tsx';
import { SessionPage } from './SessionPage.tsx';
import styles from './Account.module.css';

interface LockScreenProps {
  /** Called when the person has forgotten the PIN and wants to prove their identity in another way. */
  onForgotten: () => void;
  onSignOut: () => void;
}

/** Asks for the PIN of this device. It works offline. [SEC-55] */
export function LockScreen({ onForgotten, onSignOut }: LockScreenProps) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const lock = useAppSelector(({ settings }) => settings.lock);
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  const field = useCallback(() => form.current?.querySelector<HTMLInputElement>('[name=pin]'), []);
  useEffect(() => field()?.focus(), [field]);

  async function open(event: SubmitEvent) {
    event.preventDefault();
    const pin = fieldText(form.current, 'pin');
    if (lock === undefined || isWorking) return;
    const waitMs = pinWaitMs(lock, Date.now());
    if (waitMs > 0) return setError(words('lock.wait', { seconds: Math.ceil(waitMs / 1_000) }));
    setError(undefined);
    setWorking(true);
    const isRight = await isPin(pin, lock);
    setWorking(false);
    dispatch(lockChanged(afterTry(lock, isRight, Date.now())));
    if (isRight) return;
    setError(words('lock.wrong'));
    field()?.select();
  }

  return (
    <SessionPage title={words('lock.title')} windowTitle={words('lock.title')} body={words('lock.body')}>
      <form ref={form} className={styles.form} onSubmit={(event) => void open(event)} noValidate aria-busy={isWorking}>
        <PasswordField
          className={styles.field}
          label={words('lock.pin')}
          autoComplete="off"
          name="pin"
          aria-invalid={error !== undefined}
          onChange={() => setError(undefined)}
        />
        <Button type="submit" aria-disabled={isWorking}>
          {words('lock.open')}
        </Button>
      </form>
      <div role="alert" className={styles.notice}>
        {error !== undefined && <p className={styles.problem}>{error}</p>}
      </div>
      <div className={styles.other}>
        <Button look="link" onClick={onForgotten}>
          {words('lock.forgotten')}
        </Button>
        <Button look="link" onClick={onSignOut}>
          {words('signOut.button')}
        </Button>
      </div>
    </SessionPage>
  );
}
