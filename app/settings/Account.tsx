import { useState } from 'react';
import { changePicture } from '#app/http/own-account.ts';
import { prove, setPassword } from '#app/http/own-ways-in.ts';
import type { HttpProblem } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { signedIn, type Profile } from '#app/state/session.ts';
import { useAppDispatch } from '#app/state/store.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { Button } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { personalStream } from '#protocol/ids.ts';
import type { WaysIn as Ways } from '#protocol/ways-in.ts';
import { Address } from './Address.tsx';
import { Devices } from './Devices.tsx';
import { NameDialog } from './NameDialog.tsx';
import { PasswordDialog, type ChangePassword } from './PasswordDialog.tsx';
import { useProof } from './use-proof.tsx';
import type { ReplaceSession } from './replace-session.ts';
import { TwoFactor } from './TwoFactor.tsx';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Settings.module.css';

const PictureField = lazyExtra(() => import('#app/media/PictureField.tsx'));
const AboutDialog = lazyExtra(() => import('./AboutDialog.tsx'));
const OwnLinkDialog = lazyExtra(() => import('./OwnLinkDialog.tsx'));
const WaysIn = lazyExtra(() => import('./WaysIn.tsx'));
const DeletionDialog = lazyExtra(() => import('./DeletionDialog.tsx'));

interface AccountProps {
  profile: Profile;
  onChangePassword: ChangePassword;
  onReplaceSession: ReplaceSession;
  onSignOut: () => void;
  onDelete: (password: string) => Promise<HttpProblem | undefined>;
}

/** The user's profile, password and devices. */
export function Account({ profile, onChangePassword, onReplaceSession, onSignOut, onDelete }: AccountProps) {
  const words = useWords();
  const dispatch = useAppDispatch();
  const announce = useAnnounce();
  const [open, setOpen] = useState<'name' | 'about' | 'link' | 'password' | 'deletion'>();
  const [confirmation, setConfirmation] = useState<string>();
  const [said, setSaid] = useState<string>();
  const [passwordChanges, setPasswordChanges] = useState(0);
  const { withProof, dialog } = useProof(profile.email);
  const [exportProblem, setExportProblem] = useState<string>();
  const [ways, setWays] = useState<Ways>();
  const [passwordProblem, setPasswordProblem] = useState<string>();
  // True until it is known, because most people have one.
  const hasPassword = ways?.password !== false;
  const whyNotExported = (failure: HttpProblem) =>
    failure.kind === 'offline' ? words('settings.exportOffline') : accountProblemWords(failure, words);
  async function save() {
    const proven = await withProof(() => prove());
    setExportProblem(proven.ok ? undefined : whyNotExported(proven.failure));
    // The answer is a download, so the page stays.
    if (proven.ok) location.assign('/api/export');
  }
  async function openPassword() {
    // Somebody without a password proves their identity in another way before choosing one.
    const proven = hasPassword ? undefined : await withProof(() => prove());
    setPasswordProblem(proven?.ok === false ? accountProblemWords(proven.failure, words) : undefined);
    if (proven?.ok !== false) setOpen('password');
  }
  /** `show`: shown next to what was changed. */
  const done = (show: (what: string) => void, what: string) => {
    setOpen(undefined);
    show(what);
    announce(what);
  };
  return (
    <>
      <div className={shapes.card}>
        <h3 className={styles.heading}>{words('settings.account')}</h3>
        <PictureField
          self={profile.id}
          stream={personalStream(profile.id)}
          id={profile.id}
          name={profile.name}
          shape="round"
          onPicture={async (picture) => {
            const outcome = await changePicture(picture);
            return outcome.ok ? undefined : outcome.failure;
          }}
        />
        <div className={styles.person}>
          <div className={styles.who}>
            <p className={styles.name} dir="auto" translate="no">
              {profile.name}
            </p>
            <p className={styles.email}>{profile.email}</p>
            {profile.about !== undefined && (
              <p className={styles.label} dir="auto">
                {profile.about}
              </p>
            )}
          </div>
        </div>
        <Button look="quiet" onClick={() => setOpen('name')}>
          {words('settings.changeName')}
        </Button>
        <Button look="quiet" onClick={() => setOpen('about')}>
          {words('about.title')}
        </Button>
        <Button look="quiet" onClick={() => setOpen('link')}>
          {words('settings.link')}
        </Button>
        <Address
          withProof={withProof}
          onSaid={(what) => {
            setSaid(what);
            announce(what);
          }}
        />
        {said !== undefined && <p className={styles.label}>{said}</p>}
        <Button look="quiet" onClick={onSignOut}>
          {words('signOut.button')}
        </Button>
      </div>
      <div className={shapes.card}>
        <h3 className={styles.heading}>{words('settings.security')}</h3>
        <Button look="quiet" onClick={() => void openPassword()}>
          {words(hasPassword ? 'settings.changePassword' : 'settings.setPassword')}
        </Button>
        {passwordProblem !== undefined && (
          <p role="alert" className={styles.error}>
            {passwordProblem}
          </p>
        )}
        {confirmation !== undefined && <p className={styles.label}>{confirmation}</p>}
        {/* The code is required after the password, so it needs a password. [AC6] */}
        {ways?.password === true && <TwoFactor email={profile.email} onReplaceSession={onReplaceSession} />}
        <WaysIn key={`ways ${passwordChanges}`} email={profile.email} onWays={setWays} />
        {/* A new password signs out the other devices, so the list is mounted again to fetch them again. */}
        <Devices key={`devices ${passwordChanges}`} />
      </div>
      <div className={shapes.card}>
        <h3 className={styles.heading}>{words('settings.data')}</h3>
        <p className={styles.label}>{words('settings.exportBody')}</p>
        <Button look="quiet" onClick={() => void save()}>
          {words('settings.export')}
        </Button>
        {exportProblem !== undefined && (
          <p role="alert" className={styles.error}>
            {exportProblem}
          </p>
        )}
        <Button look="quiet" onClick={() => setOpen('deletion')}>
          {words('deletion.button')}
        </Button>
      </div>
      {dialog}
      {open === 'name' && (
        <NameDialog
          name={profile.name}
          onClose={() => setOpen(undefined)}
          onDone={(name) => {
            dispatch(signedIn({ ...profile, name }));
            done(setSaid, words('settings.nameSaved'));
          }}
        />
      )}
      {open === 'about' && (
        <AboutDialog
          about={profile.about ?? ''}
          onClose={() => setOpen(undefined)}
          onDone={(about) => {
            const { about: _before, ...rest } = profile;
            dispatch(signedIn(about === null ? rest : { ...rest, about }));
            done(setSaid, words('about.saved'));
          }}
        />
      )}
      {open === 'link' && <OwnLinkDialog profile={profile} onClose={() => setOpen(undefined)} />}
      {open === 'deletion' && (
        <DeletionDialog
          email={profile.email}
          hasPassword={ways?.password}
          onDelete={onDelete}
          onClose={() => setOpen(undefined)}
        />
      )}
      {open === 'password' && (
        <PasswordDialog
          email={profile.email}
          isFirst={!hasPassword}
          onChange={async (current, next) => {
            if (hasPassword) return onChangePassword(current, next);
            const outcome = await setPassword(next);
            return outcome.ok ? undefined : outcome.failure;
          }}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setPasswordChanges((count) => count + 1);
            done(setConfirmation, words(hasPassword ? 'settings.passwordSaved' : 'settings.passwordSet'));
          }}
        />
      )}
    </>
  );
}
