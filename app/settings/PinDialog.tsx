import { useRef, useState, type SubmitEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { hashPin, type HashedPin } from '#app/state/pin.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { PasswordField } from '#app/password/PasswordField.tsx';
import styles from './Settings.module.css';

const MIN_LENGTH = 4;

/** A new PIN for this device. It is typed twice, because nobody can look it up. [SEC-55] */
export default function PinDialog({ onChosen, onClose }: { onChosen: (pin: HashedPin) => void; onClose: () => void }) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<{ at: 'pin' | 'again'; text: string }>();
  const [isWorking, setWorking] = useState(false);

  function fail(at: 'pin' | 'again', text: string) {
    setError({ at, text });
    form.current?.querySelector<HTMLInputElement>(`[name=${at}]`)?.focus();
  }

  async function choose(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    const pin = fieldText(form.current, 'pin');
    if (pin.length < MIN_LENGTH) return fail('pin', words('lock.tooShort', { count: MIN_LENGTH }));
    if (pin !== fieldText(form.current, 'again')) return fail('again', words('lock.different'));
    setWorking(true);
    onChosen(await hashPin(pin));
  }

  const common = {
    autoComplete: 'off',
    onChange: () => setError(undefined),
  };
  return (
    <Dialog title={words('lock.newPin')} onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={(event) => void choose(event)} noValidate>
        <p className={styles.label}>{words('lock.newPinBody')}</p>
        <PasswordField
          {...common}
          label={words('lock.pin')}
          name="pin"
          error={error?.at === 'pin' ? error.text : undefined}
        />
        <PasswordField
          {...common}
          label={words('lock.again')}
          name="again"
          error={error?.at === 'again' ? error.text : undefined}
        />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" aria-disabled={isWorking}>
            {words('lock.save')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
