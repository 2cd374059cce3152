import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { activateLanguage, chooseLanguage, useWords } from '#app/i18n/words.ts';
import type { Device } from '#app/local-store/device.ts';
import { AccountScreen } from '#app/session/AccountScreen.tsx';
import { showTheme } from '#app/settings/theme.ts';
import type { Profile } from '#app/state/session.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import { watchForUpdates } from './app-update.ts';
import type { SessionActions } from './session-actions.ts';
import { SignedIn } from './SignedIn.tsx';
import { StorageTrouble } from './StorageTrouble.tsx';
import { usePerson } from './use-person.ts';
import styles from './Shell.module.css';

interface AppProps {
  device: Device;
  actions: SessionActions;
}

export function App({ device, actions }: AppProps) {
  const profile = useAppSelector((state) => state.session.profile);
  const theme = useAppSelector((state) => state.settings.theme);
  const language = useAppSelector((state) => state.settings.language);
  useEffect(() => showTheme(theme), [theme]);
  useEffect(() => {
    let isOver = false;
    void importWithRetry(async () => {
      if (!isOver) await activateLanguage(chooseLanguage(language, navigator.languages));
    });
    return () => {
      isOver = true;
    };
  }, [language]);
  return (
    <>
      {profile === null ? (
        <SignedOut actions={actions} />
      ) : (
        <Person key={profile.id} device={device} profile={profile} actions={actions} />
      )}
      <UpdateBanner />
    </>
  );
}

function SignedOut({ actions }: { actions: SessionActions }) {
  const [path, navigate] = useLocation();
  const mode = path === '/sign-up' ? 'sign-up' : 'sign-in';
  useEffect(() => void actions.check(), [actions]);
  return (
    <AccountScreen
      mode={mode}
      onSubmit={async (chosen, input) => {
        const problem = await actions.enter(chosen, input);
        // A chat that a link named stays the place to go; the sign-up page is none any more.
        if (problem === undefined && path === '/sign-up') navigate('/', { replace: true });
        return problem;
      }}
    />
  );
}

function Person({ device, profile, actions }: { device: Device; profile: Profile; actions: SessionActions }) {
  const opened = usePerson(device, profile.id, actions);
  switch (opened.phase) {
    case 'opening':
      // Milliseconds: words would only flash.
      return <main className={styles.alone} aria-busy="true" />;
    case 'waiting':
      return <StorageTrouble trouble="waiting" />;
    case 'refused':
      return <StorageTrouble trouble={opened.failure} onSignOut={() => void actions.leave(undefined)} />;
    case 'open':
      return <SignedIn client={opened.client} profile={profile} actions={actions} />;
  }
}

/** A newer version waits: it comes on a press, and never by itself into what somebody is writing. [S3] */
function UpdateBanner() {
  const words = useWords();
  const [activate, setActivate] = useState<() => void>();
  useEffect(() => {
    void watchForUpdates((next) => setActivate(() => next));
  }, []);
  if (activate === undefined) return null;
  return (
    <div className={styles.update}>
      <Banner title={words('update.title')} body={words('update.body')}>
        <Button look="link" onClick={() => setActivate(undefined)}>
          {words('update.later')}
        </Button>
        <Button look="link" onClick={activate}>
          {words('update.now')}
        </Button>
      </Banner>
    </div>
  );
}
