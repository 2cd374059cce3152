import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { requestPasswordReset, signInOptions } from '#app/http/ways-in.ts';
import { signInProblemWords } from '#app/i18n/account-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { TextField } from '#app/ui/TextField.tsx';
import { isAddress } from './account-input.ts';
import { SessionPage } from './SessionPage.tsx';
import styles from './Account.module.css';

/** Requests the email whose link sets a new password. The answer is the same for an unknown address. [SEC-27] */
export default function ForgottenPassword({ onBack }: { onBack: () => void }) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [isWorking, setWorking] = useState(false);
  const [isSent, setSent] = useState(false);
  const [hasMail, setHasMail] = useState(true);
  useEffect(() => {
    void signInOptions().then((options) => setHasMail(!options.ok || options.value.mail));
  }, []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (isWorking) return;
    const email = fieldText(form.current, 'email').trim();
    setProblem(undefined);
    if (!isAddress(email)) {
      form.current?.querySelector('input')?.focus();
      return setError(words('account.email'));
    }
    setWorking(true);
    const outcome = await requestPasswordReset(email);
    setWorking(false);
    if (outcome.ok) setSent(true);
    else setProblem(signInProblemWords(outcome.failure, words));
    return undefined;
  }

  const back = (
    <p className={styles.other}>
      <Button look="link" onClick={onBack}>
        {words('forgotten.back')}
      </Button>
    </p>
  );
  if (!hasMail || isSent)
    return (
      <SessionPage
        key="sent"
        title={words(hasMail ? 'forgotten.sentTitle' : 'forgotten.title')}
        body={words(hasMail ? 'forgotten.sent' : 'forgotten.noMail')}
      >
        <div className={styles.form}>{back}</div>
      </SessionPage>
    );
  return (
    <SessionPage key="asked" title={words('forgotten.title')} body={words('forgotten.body')}>
      <form ref={form} className={styles.form} noValidate onSubmit={(event) => void submit(event)}>
        <TextField
          label={words('field.email')}
          name="email"
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          className={styles.field}
          error={error}
          onChange={() => setError(undefined)}
        />
        <Button type="submit" wide aria-disabled={isWorking}>
          {words('forgotten.button')}
        </Button>
        <div role="alert" className={styles.notice}>
          {problem !== undefined && <p className={styles.problem}>{problem}</p>}
        </div>
        {back}
      </form>
    </SessionPage>
  );
}
