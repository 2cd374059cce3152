import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { confirmAddress, resetPassword } from '#app/http/ways-in.ts';
import { linkProblemWords } from '#app/i18n/account-words.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { PasswordField } from '#app/ui/TextField.tsx';
import { newPasswordError } from './account-input.ts';
import { SessionPage } from './SessionPage.tsx';
import styles from './Account.module.css';

interface MailedLinkProps {
  page: 'reset-password' | 'verify-email';
  /** Goes to the chats, or to where one signs in. */
  onContinue: () => void;
}

/** What a link in a mail leads to. Its token is in the fragment; nothing happens until a button is pressed. [SEC-29] */
export default function MailedLink({ page, onContinue }: MailedLinkProps) {
  const words = useWords();
  const [done, setDone] = useState<MessageKey>();
  const [token, setToken] = useState(() => location.hash.slice(1));
  useEffect(() => {
    // A second link that is opened in this tab changes only the fragment.
    const follow = () => {
      setToken(location.hash.slice(1));
      setDone(undefined);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  if (done !== undefined)
    return (
      <SessionPage key="done" title={words('link.done')} body={words(done)}>
        <div className={styles.form}>
          <Button wide onClick={onContinue}>
            {words('link.continue')}
          </Button>
        </div>
      </SessionPage>
    );
  return page === 'reset-password' ? (
    <NewPassword key={token} token={token} onDone={() => setDone('reset.done')} />
  ) : (
    <ConfirmAddress key={token} token={token} onDone={setDone} />
  );
}

function NewPassword({ token, onDone }: { token: string; onDone: () => void }) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  const { problem, isWorking, run } = useRun();

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const password = fieldText(form.current, 'password');
    const found = newPasswordError(password);
    if (found !== undefined) {
      form.current?.querySelector('input')?.focus();
      return setError(words(found));
    }
    return run(async () => {
      const outcome = await resetPassword(token, password);
      if (outcome.ok) onDone();
      return outcome;
    });
  }

  return (
    <SessionPage title={words('reset.title')} body={words('reset.body')}>
      <form ref={form} className={styles.form} noValidate onSubmit={submit}>
        <PasswordField
          label={words('settings.newPassword')}
          showLabel={words('field.showPassword')}
          hideLabel={words('field.hidePassword')}
          hint={words('field.passwordHint')}
          name="password"
          autoComplete="new-password"
          className={styles.field}
          error={error}
          onChange={() => setError(undefined)}
        />
        <Button type="submit" wide aria-disabled={isWorking}>
          {words('reset.button')}
        </Button>
        <Problem text={problem} />
      </form>
    </SessionPage>
  );
}

const steps: Record<string, MessageKey> = {
  verified: 'verify.verified',
  'change-confirmed': 'verify.confirmed',
  changed: 'verify.changed',
};

function ConfirmAddress({ token, onDone }: { token: string; onDone: (done: MessageKey) => void }) {
  const words = useWords();
  const { problem, isWorking, run } = useRun();
  const confirm = () =>
    run(async () => {
      const outcome = await confirmAddress(token);
      if (outcome.ok) onDone(steps[outcome.value.step] ?? 'verify.verified');
      return outcome;
    });
  return (
    <SessionPage title={words('verify.title')} body={words('verify.body')}>
      <div className={styles.form}>
        <Button wide aria-disabled={isWorking} onClick={confirm}>
          {words('verify.button')}
        </Button>
        <Problem text={problem} />
      </div>
    </SessionPage>
  );
}

function Problem({ text }: { text: string | undefined }) {
  return (
    <div role="alert" className={styles.notice}>
      {text !== undefined && <p className={styles.problem}>{text}</p>}
    </div>
  );
}

/** Runs one request at a time, and says why it failed. */
function useRun() {
  const words = useWords();
  const [problem, setProblem] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  return {
    problem,
    isWorking,
    run(request: () => ReturnType<typeof resetPassword>) {
      if (isWorking) return;
      setWorking(true);
      setProblem(undefined);
      void request().then((outcome) => {
        setWorking(false);
        if (!outcome.ok) setProblem(linkProblemWords(outcome.failure, words));
      });
    },
  };
}
