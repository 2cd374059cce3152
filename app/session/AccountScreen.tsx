import { Suspense, useState } from 'react';
import { useWords, withAllWords, withLaterWords } from '#app/i18n/words.ts';
import { isLink } from '#app/links/paths.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { SignInOptions } from '#protocol/http.ts';
import type { AccountInput, AccountRun } from './account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { AccountForm } from './AccountForm.tsx';
import { SessionPage } from './SessionPage.tsx';
import styles from './Account.module.css';

const Elsewhere = lazyComponent(withAllWords(() => import('./Elsewhere.tsx')));

const JoinNote = lazyComponent(withLaterWords(() => import('./JoinNote.tsx')));

interface AccountScreenProps {
  mode: 'sign-in' | 'sign-up';
  /** Goes to the other of the two. */
  onSwitch: () => void;
  onForgotten: () => void;
  /** Where the app goes on after signing in. */
  to: string;
  onRun: (run: AccountRun) => Promise<AccountProblem | undefined>;
  onSubmit: (mode: 'sign-in' | 'sign-up', input: AccountInput) => Promise<AccountProblem | undefined>;
}

/** The first screen: signing in, or creating an account. */
export function AccountScreen({ mode, onSwitch, onForgotten, to, onRun, onSubmit }: AccountScreenProps) {
  const words = useWords();
  const isSignUp = mode === 'sign-up';
  const [options, setOptions] = useState<SignInOptions>();
  const [isShared, setShared] = useState(false);
  const isClosed = options?.signUp === 'closed';
  return (
    <SessionPage
      key={mode}
      title={words(isSignUp ? 'signUp.title' : 'signIn.title')}
      windowTitle={words(isSignUp ? 'signUp.button' : 'signIn.button')}
      body={words(isSignUp ? 'signUp.body' : 'app.tagline')}
    >
      <AccountForm mode={mode} onSubmit={(input) => onSubmit(mode, { ...input, isShared: isShared && !isSignUp })}>
        {isLink(to) && (
          <Suspense>
            <JoinNote to={to} />
          </Suspense>
        )}
        <Suspense>
          <Elsewhere
            to={to}
            onOptions={setOptions}
            onRun={onRun}
            shared={!isSignUp && { isShared, onChange: setShared }}
          />
        </Suspense>
        {isClosed && <p className={styles.other}>{words('account.closed')}</p>}
        {isSignUp && options?.signUp === 'invite' && location.hash === '' && (
          <p className={styles.other}>{words('account.byInvitation')}</p>
        )}
        {(isSignUp || !isClosed) && (
          <p className={styles.other}>
            <span>{`${words(isSignUp ? 'signUp.have' : 'signIn.new')} `}</span>
            <Button look="link" onClick={onSwitch}>
              {words(isSignUp ? 'signIn.button' : 'signUp.button')}
            </Button>
          </p>
        )}
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
