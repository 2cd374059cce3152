import { Suspense, useEffect, useState } from 'react';
import * as v from 'valibot';
import { useLocation, useSearch } from 'wouter';
import { activateLanguage, chooseLanguage, useWords, withAllWords } from '#app/i18n/words.ts';
import { paths } from '#app/links/paths.ts';
import type { Device } from '#app/local-store/device.ts';
import { AccountScreen } from '#app/session/AccountScreen.tsx';
import { rememberForStart } from '#app/settings/start-choices.ts';
import { showTheme } from '#app/settings/theme.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import { importWithRetry, lazyComponent } from '#app/ui/lazy-component.ts';
import { watchForUpdates } from './app-update.ts';
import { routeOf } from './routes.ts';
import type { SessionActions } from './session-actions.ts';
import { Starting } from './Starting.tsx';
import styles from './Shell.module.css';

const loadPerson = () => import('./Person.tsx');
const Person = lazyComponent(loadPerson);

/** Fetches what somebody sees who is signed in; resolves when it can be rendered without waiting. A chat is fetched beside it. */
export async function fetchPerson(): Promise<void> {
  if (routeOf(location.pathname, 'signed-in')?.page === 'chat') void importWithRetry(() => import('./ChatPage.tsx'));
  await importWithRetry(loadPerson);
}

const ForgottenPassword = lazyComponent(withAllWords(() => import('#app/session/ForgottenPassword.tsx')));
const MailedLink = lazyComponent(withAllWords(() => import('#app/session/MailedLink.tsx')));

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
          <MailedLink page={page} onContinue={() => navigate(paths.list, { replace: true })} />
        </Suspense>
      ) : profile === null ? (
        <SignedOut actions={actions} />
      ) : (
        <Suspense fallback={<Starting />}>
          <Person key={profile.id} device={device} profile={profile} actions={actions} />
        </Suspense>
      )}
      <UpdateBanner />
    </div>
  );
}

function SignedOut({ actions }: { actions: SessionActions }) {
  const [path, navigate] = useLocation();
  const search = useSearch();
  const page = routeOf(path, 'signed-out')?.page;
  const mode = page === 'sign-up' ? 'sign-up' : 'sign-in';
  useEffect(() => {
    void actions.check();
    // While somebody types, so that their chats need not wait for it.
    void fetchPerson();
  }, [actions]);
  const link = search === '' ? path : `${path}?${search}`;
  // What a failed sign-in has left in the address says nothing about where to go.
  const place = search.includes('sign-in=failed') ? paths.list : link;
  if (page === 'forgotten-password')
    return (
      <Suspense fallback={<Starting />}>
        <ForgottenPassword onBack={() => navigate(followedLink(), { replace: true })} />
      </Suspense>
    );
  return (
    <AccountScreen
      to={mode === 'sign-up' ? followedLink() : place}
      onForgotten={() => navigate(paths.forgotten, { state: { link } })}
      mode={mode}
      onSwitch={() => {
        if (mode === 'sign-up') return navigate(followedLink(), { replace: true });
        return navigate(paths.signUp, { replace: true, state: { link } });
      }}
      onSubmit={async (chosen, input) => {
        const problem = await actions.enter(chosen, input);
        // Once signed in, the page of a link that was followed here is shown; only the sign-up page no longer exists.
        if (problem === undefined && mode === 'sign-up') navigate(followedLink(), { replace: true });
        return problem;
      }}
    />
  );
}

/** The link that was followed to the sign-in page, which the history keeps while the sign-up page is shown. */
function followedLink(): string {
  const kept = v.safeParse(v.object({ link: v.string() }), history.state);
  return kept.success ? kept.output.link : paths.list;
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
