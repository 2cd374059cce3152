import { Suspense, useState } from 'react';
import { changePicture } from '#app/http/accounts.ts';
import type { HttpProblem } from '#app/http/request.ts';
import { useWords } from '#app/i18n/words.ts';
import { signedIn, type Profile } from '#app/state/session.ts';
import { useAppDispatch } from '#app/state/store.ts';
import { useAnnounce } from '#app/ui/Announcer.tsx';
import { Button } from '#app/ui/Button.tsx';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { personalStream } from '#protocol/ids.ts';
import { Address } from './Address.tsx';
import { Devices } from './Devices.tsx';
import { NameDialog } from './NameDialog.tsx';
import { PasswordDialog, type ChangePassword } from './PasswordDialog.tsx';
import type { ReplaceSession } from './replace-session.ts';
import { TwoFactor } from './TwoFactor.tsx';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Settings.module.css';

const PictureField = lazyComponent(() => import('#app/media/PictureField.tsx'));
const DeletionDialog = lazyComponent(() => import('./DeletionDialog.tsx'));

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
  const [open, setOpen] = useState<'name' | 'password' | 'deletion'>();
  const [confirmation, setConfirmation] = useState<string>();
  const [said, setSaid] = useState<string>();
  const [passwordChanges, setPasswordChanges] = useState(0);
  const done = (what: string) => {
    setOpen(undefined);
    setConfirmation(what);
    announce(what);
  };
  return (
    <>
      <div className={shapes.card}>
        <h3 className={styles.heading}>{words('settings.account')}</h3>
        <Suspense fallback={null}>
          <PictureField
            self={profile.id}
            stream={personalStream(profile.id)}
            id={profile.id}
            name={profile.name}
            shape="round"
            onPicture={async (picture) => (await changePicture(picture)).ok}
          />
        </Suspense>
        <div className={styles.person}>
          <div className={styles.who}>
            <p className={styles.name} dir="auto" translate="no">
              {profile.name}
            </p>
            <p className={styles.email}>{profile.email}</p>
          </div>
        </div>
        <Button look="quiet" onClick={() => setOpen('name')}>
          {words('settings.changeName')}
        </Button>
        <Address
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
        <Button look="quiet" onClick={() => setOpen('password')}>
          {words('settings.changePassword')}
        </Button>
        {confirmation !== undefined && <p className={styles.label}>{confirmation}</p>}
        <TwoFactor email={profile.email} onReplaceSession={onReplaceSession} />
        {/* A new password signs out the other devices, so the list is mounted again to fetch them again. */}
        <Devices key={passwordChanges} />
      </div>
      <div className={shapes.card}>
        <h3 className={styles.heading}>{words('settings.data')}</h3>
        <p className={styles.label}>{words('settings.exportBody')}</p>
        <a className={styles.wayOn} href="/api/export" download>
          {words('settings.export')}
        </a>
        <Button look="quiet" onClick={() => setOpen('deletion')}>
          {words('deletion.button')}
        </Button>
      </div>
      {open === 'name' && (
        <NameDialog
          name={profile.name}
          onClose={() => setOpen(undefined)}
          onDone={(name) => {
            dispatch(signedIn({ ...profile, name }));
            done(words('settings.nameSaved'));
          }}
        />
      )}
      {open === 'deletion' && (
        <Suspense>
          <DeletionDialog email={profile.email} onDelete={onDelete} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
      {open === 'password' && (
        <PasswordDialog
          email={profile.email}
          onChange={onChangePassword}
          onClose={() => setOpen(undefined)}
          onDone={() => {
            setPasswordChanges((count) => count + 1);
            done(words('settings.passwordSaved'));
          }}
        />
      )}
    </>
  );
}
