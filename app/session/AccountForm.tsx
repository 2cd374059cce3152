import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from 'react';
import { signInProblemWords, type AccountProblem } from '#app/i18n/account-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { NewPasswordField } from '#app/password/NewPasswordField.tsx';
import { PasswordField } from '#app/password/PasswordField.tsx';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import { TextField } from '#app/ui/TextField.tsx';
import { limits } from '#protocol/limits.ts';
import { REACH_PATH } from '#protocol/version.ts';
import {
  CODE_REQUIRED,
  checkAccount,
  type AccountErrors,
  type AccountInput,
  type AccountRun,
} from './account-input.ts';
import { SharedComputer, type SharedComputerProps } from './SharedComputer.tsx';
import styles from './Account.module.css';

interface AccountFormProps {
  mode: 'sign-in' | 'sign-up';
  /** Set if only one person may sign in: the one whose unsent messages are on this device. */
  fixedEmail?: string | undefined;
  /** Resolves to the problem, or to undefined once signed in. */
  onSubmit: (input: AccountInput) => Promise<AccountProblem | undefined>;
  /** Signs in by a separate request: by a passkey, if the browser supports them. Absent if none is offered. */
  onRun?: ((run: AccountRun) => Promise<AccountProblem | undefined>) | undefined;
  /** The choice of a shared computer, if it is offered. */
  shared?: SharedComputerProps | undefined;
  children?: ReactNode;
}

/**
 * All its initial content is there from the first paint, so that nothing moves under a finger. Errors appear below the pressed
 * button.
 */
export function AccountForm({ mode, fixedEmail, onSubmit, onRun, shared, children }: AccountFormProps) {
  const words = useWords();
  const [errors, setErrors] = useState<AccountErrors>({});
  const [problem, setProblem] = useState<AccountProblem>();
  const [isWorking, setWorking] = useState(false);
  // Present once the password was right and a code is required.
  const [entered, setEntered] = useState<AccountInput>();
  const form = useRef<HTMLFormElement>(null);
  const isEmailFixed = fixedEmail !== undefined;
  useEffect(() => {
    // Runs after the dialog has focused its first field, which is read-only.
    if (isEmailFixed)
      requestAnimationFrame(() => form.current?.querySelector<HTMLInputElement>('[name=password]')?.focus());
  }, [isEmailFixed]);

  const field = (name: keyof AccountErrors) => ({
    name,
    className: styles.field,
    error: errors[name] === undefined ? undefined : words(errors[name], { max: limits.name }),
    onChange: () => setErrors({ ...errors, [name]: undefined }),
  });

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    const text = (name: keyof AccountInput) => fieldText(form.current, name);
    if (entered !== undefined) return finish({ ...entered, code: text('code').trim() });
    const input = { name: text('name').trim(), email: text('email').trim(), password: text('password') };
    const found = checkAccount(input, mode);
    setErrors(found);
    setProblem(undefined);
    const first = (['name', 'email', 'password'] as const).find((name) => found[name] !== undefined);
    if (first !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
      return;
    }
    return finish(input);
  }

  async function finish(input: AccountInput) {
    setProblem(undefined);
    setWorking(true);
    try {
      const found = await onSubmit(input);
      if (found?.kind === 'refused' && found.code === CODE_REQUIRED) setEntered(input);
      else setProblem(found);
    } finally {
      setWorking(false);
    }
  }

  async function enterByPasskey(enter: NonNullable<typeof onRun>) {
    setProblem(undefined);
    const { signInWithPasskey } = await importWithRetry(() => import('#app/http/passkeys.ts'));
    setProblem(await enter(signInWithPasskey));
  }

  return (
    <form ref={form} className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
      {entered === undefined && (
        <>
          {mode === 'sign-up' && <TextField label={words('field.name')} autoComplete="name" {...field('name')} />}
          <TextField
            label={words('field.email')}
            type="email"
            inputMode="email"
            autoComplete={mode === 'sign-up' ? 'email' : 'username'}
            autoCapitalize="none"
            spellCheck={false}
            readOnly={isEmailFixed}
            defaultValue={fixedEmail}
            {...field('email')}
          />
          {mode === 'sign-up' ? (
            <NewPasswordField
              label={words('field.password')}
              enterKeyHint="go"
              about={() => [fieldText(form.current, 'name'), fieldText(form.current, 'email')]}
              {...field('password')}
            />
          ) : (
            <PasswordField
              label={words('field.password')}
              autoComplete="current-password"
              enterKeyHint="go"
              {...field('password')}
            />
          )}
        </>
      )}
      {entered !== undefined && <CodeField />}
      {shared !== undefined && <SharedComputer {...shared} />}
      <Button type="submit" wide aria-disabled={isWorking}>
        {words(isWorking ? 'account.working' : mode === 'sign-up' ? 'signUp.button' : 'signIn.button')}
      </Button>
      <div role="alert">
        {problem !== undefined && (
          <div className={styles.problem}>
            <p>{signInProblemWords(problem, words)}</p>
            {problem.kind === 'obstacle' && problem.obstacle === 'page' && (
              <a href={REACH_PATH} target="_blank" rel="noreferrer">
                {words('obstacle.open')}
              </a>
            )}
          </div>
        )}
      </div>
      {onRun !== undefined && 'PublicKeyCredential' in globalThis && (
        <Button look="quiet" wide onClick={() => void enterByPasskey(onRun)}>
          {words('passkey.signIn')}
        </Button>
      )}
      {children}
    </form>
  );
}

/** Replaces the password field, and takes its focus. [AC6] */
function CodeField() {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector('input')?.focus(), []);
  return (
    <div ref={place}>
      <TextField
        label={words('field.code')}
        hint={words('field.codeHint')}
        name="code"
        className={styles.field}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
      />
    </div>
  );
}
