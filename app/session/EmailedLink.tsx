import { useEffect, useState } from 'react';
import { resetPassword } from '#app/http/ways-in.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { ChosenPassword } from './ChosenPassword.tsx';
import { ConfirmAddress } from './ConfirmAddress.tsx';
import { SessionPage } from './SessionPage.tsx';
import { useLinkRequest } from './use-link-request.ts';
import styles from './Account.module.css';

interface EmailedLinkProps {
  page: 'reset-password' | 'verify-email';
  /** Goes to the chats, or to the sign-in page. */
  onContinue: () => void;
  /** Goes to where the person can ask for another link. */
  onAskAgain: () => void;
}

/** The page of a link in an email. Its token is in the fragment; nothing happens until a button is pressed. [SEC-29] */
export default function EmailedLink({ page, onContinue, onAskAgain }: EmailedLinkProps) {
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
    <NewPassword key={token} token={token} onDone={() => setDone('reset.done')} onAskAgain={onAskAgain} />
  ) : (
    <ConfirmAddress key={token} token={token} onDone={setDone} onAskAgain={onAskAgain} />
  );
}

function NewPassword({ token, onDone, onAskAgain }: { token: string; onDone: () => void; onAskAgain: () => void }) {
  const words = useWords();
  const { problem, isWorking, run } = useLinkRequest();
  return (
    <SessionPage title={words('reset.title')} body={words('reset.body')}>
      <ChosenPassword
        button={words('reset.button')}
        problem={problem}
        isWorking={isWorking}
        onAskAgain={onAskAgain}
        onChosen={(password) =>
          run(async () => {
            const outcome = await resetPassword(token, password);
            if (outcome.ok) onDone();
            return outcome;
          })
        }
      />
    </SessionPage>
  );
}
