import { useEffect, useState } from 'react';
import { signInElsewhere, signInOptions } from '#app/http/ways-in.ts';
import { signInProblemWords } from '#app/i18n/account-words.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import type { SignInOptions } from '#protocol/account.ts';
import styles from './Account.module.css';

/** Why the provider or the server sent the browser back without a session. All other reasons share one sentence. */
const failures: Record<string, MessageKey> = {
  access_denied: 'elsewhere.cancelled',
  account_not_linked: 'elsewhere.notLinked',
  signup_disabled: 'account.closed',
  email_not_found: 'elsewhere.noAddress',
};

interface ElsewhereProps {
  /** Where the app goes after signing in. */
  to: string;
  /** The providers of the server, once it has answered. */
  onOptions?: (options: SignInOptions) => void;
}

function failureIn(search: string): MessageKey | undefined {
  const failed = new URLSearchParams(search);
  if (failed.get('sign-in') !== 'failed') return undefined;
  return failures[failed.get('error') ?? ''] ?? 'elsewhere.failed';
}

/** Sign-in with an account at a provider, with one button for each provider of this server. */
export default function Elsewhere({ to, onOptions }: ElsewhereProps) {
  const words = useWords();
  const [providers, setProviders] = useState<SignInOptions['providers']>([]);
  useEffect(() => {
    const look = async () => {
      const options = await signInOptions();
      if (!options.ok) return;
      setProviders(options.value.providers);
      onOptions?.(options.value);
    };
    const lookAgain = () => void look();
    lookAgain();
    addEventListener('online', lookAgain);
    return () => removeEventListener('online', lookAgain);
  }, [onOptions]);
  const [problem, setProblem] = useState<string | undefined>(() => {
    const key = failureIn(location.search);
    return key === undefined ? undefined : words(key);
  });
  if (providers.length === 0 && problem === undefined) return null;

  async function go(id: string) {
    setProblem(undefined);
    const outcome = await signInElsewhere(id, to);
    // With a redirect, because an installed app may not open windows for it.
    if (outcome.ok) location.assign(outcome.value.url);
    else
      setProblem(
        outcome.failure.kind === 'refused' ? words('elsewhere.failed') : signInProblemWords(outcome.failure, words),
      );
  }

  return (
    <div className={styles.elsewhere}>
      {providers.map(({ id, name }) => (
        <Button key={id} look="quiet" wide onClick={() => void go(id)}>
          {words('elsewhere.button', { name })}
        </Button>
      ))}
      {problem !== undefined && (
        <p role="alert" className={styles.problem} ref={(shown) => shown?.scrollIntoView({ block: 'nearest' })}>
          {problem}
        </p>
      )}
    </div>
  );
}
