import { KeyRound, Link2, RectangleEllipsis } from 'lucide-react';
import { useCallback, useState } from 'react';
import { linkProvider, ownWaysIn, removePasskey, unlink } from '#app/http/own-ways-in.ts';
import type { Outcome } from '#app/http/request.ts';
import { signInOptions } from '#app/http/ways-in.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { shortTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import { Button } from '#app/ui/Button.tsx';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { useNow } from '#app/ui/use-now.ts';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import type { SignInOptions } from '#protocol/account.ts';
import type { ShownPasskey, WaysIn as Ways } from '#protocol/ways-in.ts';
import { PasskeyDialog } from './PasskeyDialog.tsx';
import { useProof } from './use-proof.tsx';
import styles from './Settings.module.css';

/** What is about to be removed, and its name. */
interface Ending {
  name: string;
  run: () => Promise<Outcome<unknown>>;
}

/** The ways to sign in besides the password: passkeys and providers, which can be added, named and removed. [SEC-33] [SEC-34] */
export default function WaysIn({ email, onWays }: { email: string; onWays: (ways: Ways) => void }) {
  const words = useWords();
  const now = useNow();
  const [ways, setWays] = useState<Ways>();
  const [providers, setProviders] = useState<SignInOptions['providers']>([]);
  const [problem, setProblem] = useState<string | undefined>(() =>
    new URLSearchParams(location.search).get('sign-in') === 'failed' ? words('ways.linkFailed') : undefined,
  );
  const [ending, setEnding] = useState<Ending>();
  const [named, setNamed] = useState<ShownPasskey | 'new'>();
  const { withProof, dialog } = useProof(email);

  const look = useCallback(async () => {
    const [own, options] = await Promise.all([ownWaysIn(), signInOptions()]);
    if (own.ok) {
      setWays(own.value);
      onWays(own.value);
    }
    if (options.ok) setProviders(options.value.providers);
  }, [onWays]);
  useNowAndConnected(look);

  async function perform(run: () => Promise<Outcome<unknown>>) {
    setEnding(undefined);
    setProblem(undefined);
    const outcome = await withProof(run);
    if (!outcome.ok) setProblem(accountProblemWords(outcome.failure, words));
    await look();
  }

  async function link(id: string) {
    setProblem(undefined);
    const outcome = await withProof(() => linkProvider(id, paths.settings));
    if (outcome.ok) location.assign(outcome.value.url);
    else setProblem(accountProblemWords(outcome.failure, words));
  }

  if (ways === undefined) return null;
  const unlinked = providers.filter(({ id }) => !ways.linked.includes(id) && id !== 'facebook');
  return (
    <section className={styles.devices} aria-label={words('ways.title')}>
      <h4 className={styles.label}>{words('ways.title')}</h4>
      <ul>
        {ways.password && (
          <li className={styles.device}>
            <RectangleEllipsis size={20} aria-hidden />
            <span className={styles.who}>
              <span className={styles.deviceName}>{words('field.password')}</span>
            </span>
            {ways.passkeys.length > 0 && (
              <Button
                look="link"
                aria-label={words('ways.removeThis', { name: words('field.password') })}
                onClick={() => setEnding({ name: words('field.password'), run: () => unlink('password') })}
              >
                {words('ways.remove')}
              </Button>
            )}
          </li>
        )}
        {ways.passkeys.map((passkey) => (
          <li key={passkey.id} className={styles.device}>
            <KeyRound size={20} aria-hidden />
            <span className={styles.who}>
              <span className={styles.deviceName} dir="auto" translate="no">
                {passkey.name}
              </span>
              <span className={styles.email}>
                {passkey.usedAt === undefined
                  ? words('passkey.added', { time: shortTime(new Date(passkey.createdAt), now) })
                  : words('passkey.used', { time: shortTime(new Date(passkey.usedAt), now) })}
              </span>
            </span>
            <Button
              look="link"
              aria-label={words('passkey.renameThis', { name: passkey.name })}
              onClick={() => setNamed(passkey)}
            >
              {words('passkey.rename')}
            </Button>
            <Button
              look="link"
              aria-label={words('ways.removeThis', { name: passkey.name })}
              onClick={() => setEnding({ name: passkey.name, run: () => removePasskey(passkey.id) })}
            >
              {words('ways.remove')}
            </Button>
          </li>
        ))}
        {providers
          .filter(({ id }) => ways.linked.includes(id))
          .map(({ id, name }) => (
            <li key={id} className={styles.device}>
              <Link2 size={20} aria-hidden />
              <span className={styles.who}>
                <span className={styles.deviceName} translate="no">
                  {name}
                </span>
              </span>
              <Button
                look="link"
                aria-label={words('ways.removeThis', { name })}
                onClick={() => setEnding({ name, run: () => unlink(id) })}
              >
                {words('ways.remove')}
              </Button>
            </li>
          ))}
      </ul>
      {problem !== undefined && (
        <p role="alert" className={styles.error}>
          {problem}
        </p>
      )}
      {'PublicKeyCredential' in globalThis && (
        <Button look="quiet" onClick={() => setNamed('new')}>
          {words('passkey.add')}
        </Button>
      )}
      {unlinked.map(({ id, name }) => (
        <Button key={id} look="quiet" onClick={() => void link(id)}>
          {words('ways.link', { name })}
        </Button>
      ))}
      {ending !== undefined && (
        <ConfirmDialog
          title={words('ways.removeThis', { name: ending.name })}
          body={words('ways.removeBody')}
          cancel={words('app.cancel')}
          confirm={words('ways.remove')}
          onConfirm={() => void perform(ending.run)}
          onClose={() => setEnding(undefined)}
        />
      )}
      {named !== undefined && (
        <PasskeyDialog
          passkey={named === 'new' ? undefined : named}
          onSave={(run) => {
            setNamed(undefined);
            void perform(run);
          }}
          onClose={() => setNamed(undefined)}
        />
      )}
      {dialog}
    </section>
  );
}
