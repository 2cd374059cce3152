import { useEffect, useState } from 'react';
import { currentAccount } from '#app/http/accounts.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { ReplaceSession } from './replace-session.ts';
import styles from './Settings.module.css';

const TwoFactorDialog = lazyExtra(() => import('./TwoFactorDialog.tsx'));

interface TwoFactorProps {
  email: string;
  onReplaceSession: ReplaceSession;
}

/** Shows whether each sign-in requires a code, and lets the user change that. Nothing is shown until the server has answered. [AC6] */
export function TwoFactor({ email, onReplaceSession }: TwoFactorProps) {
  const words = useWords();
  const [isOn, setOn] = useState<boolean>();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    void currentAccount().then((account) => {
      if (account.ok && account.value !== null) setOn(account.value.twoFactorEnabled === true);
    });
  }, []);
  if (isOn === undefined) return null;
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {words(isOn ? 'twoFactor.turnOff' : 'twoFactor.turnOn')}
      </Button>
      <p className={styles.label} role="status">
        {words(isOn ? 'twoFactor.isOn' : 'twoFactor.isOff')}
      </p>
      {isOpen && (
        <TwoFactorDialog
          email={email}
          isOn={isOn}
          onReplaceSession={onReplaceSession}
          onDone={() => {
            setOn(!isOn);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
