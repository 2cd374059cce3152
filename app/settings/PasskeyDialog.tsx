import { useState, type SubmitEvent } from 'react';
import { renamePasskey } from '#app/http/own-ways-in.ts';
import type { Outcome } from '#app/http/request.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { TextField } from '#app/ui/TextField.tsx';
import { limits } from '#protocol/limits.ts';
import type { ShownPasskey } from '#protocol/ways-in.ts';
import { deviceWords } from './device-words.ts';
import styles from './Settings.module.css';

interface PasskeyDialogProps {
  /** The passkey to rename; undefined if a new one is made. */
  passkey: ShownPasskey | undefined;
  onSave: (run: () => Promise<Outcome<unknown>>) => void;
  onClose: () => void;
}

/** Asks for the name of a passkey. A new one has a name from the start, so that the person can tell later which one it is. [SEC-33] */
export function PasskeyDialog({ passkey, onSave, onClose }: PasskeyDialogProps) {
  const words = useWords();
  const [error, setError] = useState<string>();

  function save(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = fieldText(event.currentTarget, 'name').trim();
    if (name === '') return setError(words('account.emptyName'));
    if (name.length > limits.name) return setError(words('account.name', { max: limits.name }));
    return onSave(
      passkey === undefined
        ? async () => (await import('#app/http/passkeys.ts')).addPasskey(name)
        : () => renamePasskey(passkey.id, name),
    );
  }

  return (
    <Dialog title={words(passkey === undefined ? 'passkey.add' : 'passkey.rename')} onClose={onClose}>
      <form className={styles.form} onSubmit={save} noValidate>
        {passkey === undefined && <p className={styles.label}>{words('passkey.about')}</p>}
        <TextField
          label={words('field.name')}
          name="name"
          defaultValue={passkey?.name ?? deviceWords(navigator.userAgent, words)}
          error={error}
          onChange={() => setError(undefined)}
        />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit">{words(passkey === undefined ? 'twoFactor.next' : 'edit.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
