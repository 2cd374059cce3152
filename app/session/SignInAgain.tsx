import { useWords, withAllWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { Dialog } from '#app/ui/Dialog.tsx';
import type { AccountProblem } from '#app/i18n/account-words.ts';
import { AccountForm } from './AccountForm.tsx';
import type { AccountInput, AccountRun } from './account-input.ts';
import styles from './Account.module.css';

const Elsewhere = lazyExtra(withAllWords(() => import('./Elsewhere.tsx')));

interface SignInAgainProps {
  email: string;
  onSubmit: (input: AccountInput) => Promise<AccountProblem | undefined>;
  onRun: (run: AccountRun) => Promise<AccountProblem | undefined>;
  onOther: () => void;
  onClose: () => void;
}

/** Shown when the session has ended. The rows stay, so only the same person can sign in; for anybody else they are signed out first. */
export function SignInAgain({ email, onSubmit, onRun, onOther, onClose }: SignInAgainProps) {
  const words = useWords();
  return (
    <Dialog title={words('signIn.again')} onClose={onClose}>
      <p className={styles.body}>{words('signIn.againBody')}</p>
      <AccountForm mode="sign-in" fixedEmail={email} onSubmit={onSubmit} onRun={onRun}>
        <Button look="link" onClick={onOther}>
          {words('signIn.other')}
        </Button>
        <Elsewhere to={location.pathname} />
      </AccountForm>
    </Dialog>
  );
}
