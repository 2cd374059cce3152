import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import type { AccountInput } from './account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { AccountForm } from './AccountForm.tsx';
import { SessionPage } from './SessionPage.tsx';
import styles from './Account.module.css';

interface AccountScreenProps {
  mode: 'sign-in' | 'sign-up';
  /** Goes to the other of the two. */
  onSwitch: () => void;
  onForgotten: () => void;
  onSubmit: (mode: 'sign-in' | 'sign-up', input: AccountInput) => Promise<AccountProblem | undefined>;
}

/** The first screen: signing in, or creating an account. */
export function AccountScreen({ mode, onSwitch, onForgotten, onSubmit }: AccountScreenProps) {
  const words = useWords();
  const isSignUp = mode === 'sign-up';
  return (
    <SessionPage
      key={mode}
      title={words(isSignUp ? 'signUp.title' : 'signIn.title')}
      windowTitle={words(isSignUp ? 'signUp.button' : 'signIn.button')}
      body={words(isSignUp ? 'signUp.body' : 'app.tagline')}
    >
      <AccountForm mode={mode} onSubmit={(input) => onSubmit(mode, input)}>
        <p className={styles.other}>
          <span>{`${words(isSignUp ? 'signUp.have' : 'signIn.new')} `}</span>
          <Button look="link" onClick={onSwitch}>
            {words(isSignUp ? 'signIn.button' : 'signUp.button')}
          </Button>
        </p>
        {!isSignUp && (
          <p className={styles.other}>
            <Button look="link" onClick={onForgotten}>
              {words('signIn.forgotten')}
            </Button>
          </p>
        )}
      </AccountForm>
    </SessionPage>
  );
}
