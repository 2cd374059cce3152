import { useState } from 'react';
import { useWords, withAllWords, withLaterWords, type MessageKey } from '#app/i18n/words.ts';
import { isLink, PERSON } from '#app/links/paths.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { SignInOptions } from '#protocol/account.ts';
import type { AccountInput, AccountRun } from './account-input.ts';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { AccountForm } from './AccountForm.tsx';
import { SessionPage } from './SessionPage.tsx';
import styles from './Account.module.css';

const DeletedAccount = lazyExtra(withLaterWords(() => import('./DeletedAccount.tsx')));
const Elsewhere = lazyExtra(withAllWords(() => import('./Elsewhere.tsx')));

interface AccountScreenProps {
  mode: 'sign-in' | 'sign-up';
  /** Switches to the other of the two. */
  onSwitch: () => void;
  onForgotten: () => void;
  /** Where the app goes after signing in. */
  to: string;
  /** When the account will be deleted from which the deletion has just signed this device out, in ISO 8601. [AC1] */
  deletedAfter: string | undefined;
  onRun: (run: AccountRun) => Promise<AccountProblem | undefined>;
  onSubmit: (mode: 'sign-in' | 'sign-up', input: AccountInput) => Promise<AccountProblem | undefined>;
}

/** The first screen: signing in, or creating an account. */
export function AccountScreen({ mode, onSwitch, onForgotten, to, deletedAfter, onRun, onSubmit }: AccountScreenProps) {
  const words = useWords();
  const isSignUp = mode === 'sign-up';
  const [options, setOptions] = useState<SignInOptions>();
  const [isChosenShared, setShared] = useState(false);
  const isShared = isChosenShared && !isSignUp;
  const isClosed = options?.signUp === 'closed';
  return (
    <SessionPage
      key={mode}
      title={words(isSignUp ? 'signUp.title' : 'signIn.title')}
      windowTitle={words(isSignUp ? 'signUp.button' : 'signIn.button')}
      body={words(bodyKey(to, isSignUp))}
    >
      {!isSignUp && deletedAfter !== undefined && <DeletedAccount deletedAfter={deletedAfter} />}
      <AccountForm
        mode={mode}
        onSubmit={(input) => onSubmit(mode, { ...input, isShared })}
        onRun={isSignUp || isShared ? undefined : onRun}
        shared={isSignUp ? undefined : { isShared, onChange: setShared }}
      >
        {!isSignUp && (
          <p className={styles.other}>
            <Button look="link" onClick={onForgotten}>
              {words('signIn.forgotten')}
            </Button>
          </p>
        )}
        {(isSignUp || !isClosed) && (
          <p className={styles.other}>
            <span>{`${words(isSignUp ? 'signUp.have' : 'signIn.new')} `}</span>
            <Button look="link" onClick={onSwitch}>
              {words(isSignUp ? 'signIn.button' : 'signUp.button')}
            </Button>
          </p>
        )}
        {/* Parts that depend on the server's answer come last, where they move nothing. */}
        {isClosed && <p className={styles.other}>{words('account.closed')}</p>}
        {isSignUp && options?.signUp === 'invite' && location.hash === '' && (
          <p className={styles.other}>{words('account.byInvitation')}</p>
        )}
        {!isShared && <Elsewhere to={to} onOptions={setOptions} />}
      </AccountForm>
    </SessionPage>
  );
}

/** A person who followed a link to a group or a person is told why they have to sign in. [GL3] [HT3] */
function bodyKey(to: string, isSignUp: boolean): MessageKey {
  if (isLink(to)) return to.startsWith(PERSON) ? 'person.signIn' : 'join.signIn';
  return isSignUp ? 'signUp.body' : 'app.tagline';
}
