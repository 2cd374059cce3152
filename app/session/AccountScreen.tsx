import { useEffect, useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Mark } from '#app/ui/Mark.tsx';
import type { AccountInput } from './account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { AccountForm } from './AccountForm.tsx';
import styles from './Account.module.css';

interface AccountScreenProps {
  mode: 'sign-in' | 'sign-up';
  /** Goes to the other of the two. */
  onSwitch: () => void;
  onSubmit: (mode: 'sign-in' | 'sign-up', input: AccountInput) => Promise<AccountProblem | undefined>;
}

/** The first screen: signing in, or creating an account. */
export function AccountScreen({ mode, onSwitch, onSubmit }: AccountScreenProps) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  const isSignUp = mode === 'sign-up';
  useEffect(() => {
    document.title = `${words(isSignUp ? 'signUp.button' : 'signIn.button')} – ${words('app.name')}`;
    heading.current?.focus();
  }, [isSignUp, words]);
  return (
    <main className={styles.screen}>
      <div className={styles.panel}>
        <Mark size={44} />
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {words(isSignUp ? 'signUp.title' : 'signIn.title')}
        </h1>
        <p className={styles.body}>{words(isSignUp ? 'signUp.body' : 'app.tagline')}</p>
        <AccountForm key={mode} mode={mode} onSubmit={(input) => onSubmit(mode, input)}>
          <p className={styles.other}>
            <span>{`${words(isSignUp ? 'signUp.have' : 'signIn.new')} `}</span>
            <Button look="link" onClick={onSwitch}>
              {words(isSignUp ? 'signIn.button' : 'signUp.button')}
            </Button>
          </p>
        </AccountForm>
      </div>
    </main>
  );
}
