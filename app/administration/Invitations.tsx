import { useEffect, useState } from 'react';
import { invite, openInvitations, withdrawInvitation } from '#app/http/administration.ts';
import type { Outcome } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { shortTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { Button } from '#app/ui/Button.tsx';
import { copyText } from '#app/ui/copy-text.ts';
import { TextField } from '#app/ui/TextField.tsx';
import { useNow } from '#app/ui/use-now.ts';
import type { OpenInvitation } from '#protocol/administration.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Administration.module.css';

/** Invitations to sign up. A link is shown only once, because the server keeps only its hash. [AC5] */
export function Invitations() {
  const words = useWords();
  const now = useNow();
  const [isCopied, setCopied] = useState(false);
  const [open, setOpen] = useState<readonly OpenInvitation[]>([]);
  const [link, setLink] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    void openInvitations().then((outcome) => {
      if (outcome.ok) setOpen(outcome.value.invitations);
    });
  }, []);

  async function attempt<T>(request: Promise<Outcome<T>>): Promise<T | undefined> {
    const outcome = await request;
    setProblem(outcome.ok ? undefined : accountProblemWords(outcome.failure, words));
    const now = await openInvitations();
    if (now.ok) setOpen(now.value.invitations);
    return outcome.ok ? outcome.value : undefined;
  }

  async function make() {
    const made = await attempt(invite());
    setCopied(false);
    if (made !== undefined) setLink(`${location.origin}${paths.signUp}#${made.code}`);
  }

  return (
    <div className={shapes.card}>
      <h3 className={styles.heading}>{words('admin.invitations')}</h3>
      <p className={styles.note}>{words('admin.invitationNote')}</p>
      <Button look="quiet" onClick={() => void make()}>
        {words('admin.invite')}
      </Button>
      {link !== undefined && (
        <div className={styles.link}>
          <TextField label={words('admin.link')} value={link} readOnly onFocus={(event) => event.target.select()} />
          <Button look="link" onClick={() => void copyText(link).then(setCopied)}>
            {words('admin.copy')}
          </Button>
          <p role="status" className={styles.note}>
            {isCopied ? words('admin.copied') : ''}
          </p>
        </div>
      )}
      {problem !== undefined && <p role="alert">{problem}</p>}
      {open.length > 0 && (
        <ul className={styles.list} aria-label={words('admin.openInvitations')}>
          {open.map(({ id, madeAt }) => (
            <li key={id} className={shapes.ends}>
              <span>{words('admin.made', { time: shortTime(new Date(madeAt), now) })}</span>
              <Button look="link" onClick={() => void attempt(withdrawInvitation(id))}>
                {words('admin.withdraw')}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
