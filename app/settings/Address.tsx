import { useEffect, useState, type SubmitEvent } from 'react';
import { currentAccount } from '#app/http/accounts.ts';
import { changeAddress, sendConfirmation, signInOptions } from '#app/http/ways-in.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { useTextField } from '#app/ui/use-text-field.ts';
import type { Proof } from './use-proof.tsx';
import styles from './Settings.module.css';

interface AddressProps {
  withProof: Proof['withProof'];
  onSaid: (what: string) => void;
}

/** Whether the user's address is confirmed, and its change. Nothing is shown on a server without email. [SEC-29] */
export function Address({ withProof, onSaid }: AddressProps) {
  const words = useWords();
  const [isVerified, setVerified] = useState<boolean>();
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const look = async () => {
      const [options, account] = await Promise.all([signInOptions(), currentAccount()]);
      if (options.ok && options.value.mail && account.ok && account.value !== null)
        setVerified(account.value.emailVerified === true);
    };
    void look();
  }, []);
  if (isVerified === undefined) return null;

  async function resend() {
    const outcome = await sendConfirmation();
    onSaid(outcome.ok ? words('address.sent') : accountProblemWords(outcome.failure, words));
  }

  return (
    <>
      {!isVerified && (
        <div className={styles.unconfirmed}>
          <p className={styles.label}>{words('address.unconfirmed')}</p>
          <Button look="link" onClick={() => void resend()}>
            {words('address.resend')}
          </Button>
        </div>
      )}
      <Button look="quiet" onClick={() => setOpen(true)}>
        {words('address.change')}
      </Button>
      {isOpen && (
        <AddressDialog
          isVerified={isVerified}
          withProof={withProof}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            onSaid(words(isVerified ? 'address.askedOld' : 'address.askedNew'));
          }}
        />
      )}
    </>
  );
}

interface AddressDialogProps {
  withProof: Proof['withProof'];
  isVerified: boolean;
  onDone: () => void;
  onClose: () => void;
}

function AddressDialog({ isVerified, withProof, onDone, onClose }: AddressDialogProps) {
  const words = useWords();
  const { text: address, setError, props } = useTextField('');
  const [isWorking, setWorking] = useState(false);

  async function save(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    setWorking(true);
    const outcome = await withProof(() => changeAddress(address.trim()));
    setWorking(false);
    if (outcome.ok) onDone();
    else setError(accountProblemWords(outcome.failure, words));
  }

  return (
    <Dialog title={words('address.change')} onClose={onClose}>
      <form className={styles.form} onSubmit={(event) => void save(event)} noValidate>
        <p className={styles.label}>{words(isVerified ? 'address.bodyOld' : 'address.bodyNew')}</p>
        <TextField label={words('address.new')} type="email" inputMode="email" autoComplete="email" {...props} />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" disabled={isWorking}>
            {words('address.button')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
