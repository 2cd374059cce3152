import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { activateLanguage, chooseLanguage, useWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import type { Device } from '#app/local-store/device.ts';
import { AccountScreen } from '#app/session/AccountScreen.tsx';
import { showTheme } from '#app/settings/theme.ts';
import type { Profile } from '#app/state/session.ts';
import { useAppSelector } from '#app/state/store.ts';
import { useSilenceAtEnd } from '#app/ui/Announcer.tsx';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import { importWithRetry } from '#app/ui/lazy-component.ts';
import { watchForUpdates } from './app-update.ts';
import { routeOf } from './routes.ts';
import type { SessionActions } from './session-actions.ts';
import { SignedIn } from './SignedIn.tsx';
import { StorageTrouble } from './StorageTrouble.tsx';
import { useOpenedPerson } from './use-opened-person.ts';
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
    let isCancelled = false;
    void importWithRetry(async () => {
      if (!isCancelled) await activateLanguage(chooseLanguage(language, navigator.languages));
    });
    return () => {
      isCancelled = true;
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
  const mode = routeOf(path, 'signed-out')?.page === 'sign-up' ? 'sign-up' : 'sign-in';
  useEffect(() => void actions.check(), [actions]);
  return (
    <AccountScreen
      mode={mode}
      onSubmit={async (chosen, input) => {
        const problem = await actions.enter(chosen, input);
        // Once signed in, the page of a link that was followed here is shown; only the sign-up page no longer exists.
        if (problem === undefined && mode === 'sign-up') navigate(paths.list, { replace: true });
        return problem;
      }}
    />
  );
}

function Person({ device, profile, actions }: { device: Device; profile: Profile; actions: SessionActions }) {
  const opened = useOpenedPerson(device, profile.id, actions);
  useSilenceAtEnd();
  switch (opened.phase) {
    case 'opening':
      // Opening takes milliseconds, so a text would only flash.
      return <main className={styles.alone} aria-busy="true" />;
    case 'waiting':
      return <StorageTrouble trouble="waiting" />;
    case 'refused':
      return <StorageTrouble trouble={opened.failure} onSignOut={() => void actions.leave(undefined)} />;
    case 'open':
      return <SignedIn client={opened.client} profile={profile} actions={actions} />;
  }
}

/** Offers a new version of the app, which is activated only on request, never while somebody is typing. [S3] */
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
