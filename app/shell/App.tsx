import { Suspense, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { activateLanguage, chooseLanguage, withAccountWords, withLaterWords, withListWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import type { Device } from '#app/local-store/device.ts';
import { rememberForStart } from '#app/settings/start-choices.ts';
import { showTheme } from '#app/settings/theme.ts';
import { useAppSelector, useAppStore, type AppStore } from '#app/state/store.ts';
import { importWithRetry, lazyComponent, lazyExtra } from '#app/ui/lazy-component.ts';
import { afterFirstScreens, hasWorker } from './after-first-screens.ts';
import { firstCode } from './first-code.ts';
import { ChatPage } from './lazy-chat-page.ts';
import { routeOf } from './routes.ts';
import type { SessionActions } from './session-actions.ts';
import { Starting } from './Starting.tsx';
import styles from './Shell.module.css';

const Person = lazyComponent(withListWords(() => import('./Person.tsx')));
const SignedOut = lazyComponent(withAccountWords(() => import('./SignedOut.tsx')));

/** Fetches what somebody sees who is signed in; resolves when it can be rendered without waiting. A chat is fetched beside it. */
export async function fetchPerson(): Promise<void> {
  if (routeOf(location.pathname, 'signed-in')?.page === 'chat') void ChatPage.fetch();
  await Person.fetch();
}

/** Fetches the engine's code too. A person whose chats are on the device does not have to wait for it. */
async function fetchNewPerson(): Promise<void> {
  void importWithRetry(() => import('#app/sync/engine-over-server.ts'));
  await fetchPerson();
}

/** Fetches the list and then a chat while somebody types their password. */
async function fetchFirstScreens(): Promise<void> {
  await fetchNewPerson();
  await ChatPage.fetch();
}

/** Resolves when the first screen of a page that knows nobody can be drawn. `check` asks the server for the browser's session. */
export function fetchFirst(check: () => Promise<void>, isKnown: () => boolean): Promise<void> {
  return firstCode(SignedOut.fetch(), check().catch(reportError).then(isKnown), fetchNewPerson);
}

const UpdateBanner = lazyExtra(withLaterWords(() => import('./UpdateBanner.tsx')));
const EmailedLink = lazyComponent(withAccountWords(withLaterWords(() => import('#app/session/EmailedLink.tsx'))));

interface AppProps {
  device: Device;
  actions: SessionActions;
}

export function App({ device, actions }: AppProps) {
  const profile = useAppSelector((state) => state.session.profile);
  const theme = useAppSelector((state) => state.settings.theme);
  const language = useAppSelector((state) => state.settings.language);
  const [path, navigate] = useLocation();
  const page = routeOf(path, 'anybody')?.page;
  useEffect(() => showTheme(theme), [theme]);
  useEffect(() => {
    let isCancelled = false;
    rememberForStart('language', language);
    void importWithRetry(async () => {
      if (!isCancelled) await activateLanguage(chooseLanguage(language, navigator.languages));
    });
    return () => {
      isCancelled = true;
    };
  }, [language]);
  return (
    <div className={styles.app}>
      {page === 'reset-password' || page === 'verify-email' ? (
        <Suspense fallback={<Starting />}>
          <EmailedLink
            page={page}
            onContinue={() => navigate(paths.list, { replace: true })}
            // A link that confirms an address is asked for in the settings, once the person has signed in.
            onAskAgain={() => navigate(page === 'reset-password' ? paths.forgotten : paths.settings, { replace: true })}
          />
        </Suspense>
      ) : profile === null ? (
        <Suspense fallback={<Starting />}>
          <SignedOut actions={actions} onShown={fetchFirstScreens} />
        </Suspense>
      ) : (
        <Suspense fallback={<Starting />}>
          <Person key={profile.id} device={device} profile={profile} actions={actions} />
        </Suspense>
      )}
      <UpdateOffer />
    </div>
  );
}

/**
 * Registers the service worker and watches for updates. On a first visit it waits until the first screens are here: the worker
 * fetches the whole app, and on a slow link the list would come later.
 */
async function watch(store: AppStore, onWaiting: (activate: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  if (!hasWorker()) {
    await ChatPage.fetched;
    await afterFirstScreens(store);
  }
  const { watchForUpdates } = await importWithRetry(() => import('./app-update.ts'));
  await watchForUpdates(onWaiting);
}

/** Offers a new version of the app, which is activated only on request, never while somebody is typing. [S3] */
function UpdateOffer() {
  const store = useAppStore();
  const [activate, setActivate] = useState<() => void>();
  useEffect(() => void watch(store, (next) => setActivate(() => next)), [store]);
  return activate && <UpdateBanner onUpdate={activate} onLater={() => setActivate(undefined)} />;
}
