import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { ownWaysIn, prove } from '#app/http/own-ways-in.ts';
import type { Outcome } from '#app/http/request.ts';
import { signInElsewhere, signInOptions } from '#app/http/ways-in.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { PasswordField } from '#app/password/PasswordField.tsx';
import type { SignInOptions } from '#protocol/account.ts';
import type { WaysIn } from '#protocol/ways-in.ts';
import styles from './Settings.module.css';

interface ProofDialogProps {
  email: string;
  /** Why a proof is required; absent if it is for a change. */
  body?: string;
  /** Offers only proofs that need no other page. */
  isHere?: boolean;
  onProven: () => void;
  onClose: () => void;
}

/** Asks the user to prove their identity again, in any way by which they can sign in. [SEC-32] */
export default function ProofDialog({ email, body, isHere = false, onProven, onClose }: ProofDialogProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [ways, setWays] = useState<WaysIn>();
  const [providers, setProviders] = useState<SignInOptions['providers']>([]);
  const [error, setError] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  useEffect(() => {
    void Promise.all([ownWaysIn(), signInOptions()]).then(([own, options]) => {
      if (own.ok) setWays(own.value);
      else setError(accountProblemWords(own.failure, words));
      if (options.ok) setProviders(options.value.providers);
    });
  }, [words]);

  async function run(proof: () => Promise<Outcome<unknown>>) {
    if (isWorking) return;
    setWorking(true);
    setError(undefined);
    const outcome = await proof();
    setWorking(false);
    if (outcome.ok) return onProven();
    setError(accountProblemWords(outcome.failure, words));
    form.current?.querySelector<HTMLInputElement>('[name=password]')?.focus();
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const password = fieldText(form.current, 'password');
    if (password === '') setError(words('account.emptyPassword'));
    else void run(() => prove(password));
  }

  async function go(id: string) {
    const outcome = await signInElsewhere(id, paths.settings);
    if (outcome.ok) location.assign(outcome.value.url);
    else setError(accountProblemWords(outcome.failure, words));
  }

  return (
    <Dialog title={words('proof.title')} onClose={onClose}>
      <form ref={form} className={styles.form} onSubmit={submit} noValidate aria-busy={ways === undefined}>
        <p className={styles.label}>{body ?? words('proof.body')}</p>
        {isHere && ways !== undefined && !ways.password && ways.passkeys.length === 0 && (
          <p className={styles.label}>{words('lock.noWay')}</p>
        )}
        {ways?.password === true && (
          <>
            <input type="email" autoComplete="username" value={email} readOnly hidden />
            <PasswordField label={words('settings.currentPassword')} autoComplete="current-password" name="password" />
          </>
        )}
        {error !== undefined && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
        {ways !== undefined && ways.passkeys.length > 0 && (
          <Button
            look="quiet"
            onClick={() => void run(async () => (await import('#app/http/passkeys.ts')).proveWithPasskey())}
          >
            {words('passkey.use')}
          </Button>
        )}
        {providers
          .filter(({ id }) => !isHere && ways?.linked.includes(id))
          .map(({ id, name }) => (
            <Button key={id} look="quiet" onClick={() => void go(id)}>
              {words('elsewhere.button', { name })}
            </Button>
          ))}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          {ways?.password === true && (
            <Button type="submit" aria-disabled={isWorking}>
              {words('twoFactor.next')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
