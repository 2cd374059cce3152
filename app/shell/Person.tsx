import type { Device } from '#app/local-store/device.ts';
import { Suspense, useEffect, useMemo } from 'react';
import { deviceInMemory } from '#app/local-store/device-in-memory.ts';
import { locale, useWords, withAccountWords, withLaterWords } from '#app/i18n/words.ts';
import { saveNotified } from '#app/sync/device-facts.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { NoticeProvider } from '#app/ui/Notice.tsx';
import type { Profile } from '#app/state/session.ts';
import { useAppSelector, useAppStore } from '#app/state/store.ts';
import type { SessionActions } from './session-actions.ts';
import { SignedIn } from './SignedIn.tsx';
import { useLock } from './use-lock.ts';
import { heldSession } from './load-session.ts';
import { WithPictures } from './WithPictures.tsx';
import { useOpenedPerson } from './use-opened-person.ts';
import styles from './Shell.module.css';

const loadLocked = withAccountWords(
  withLaterWords(async () => {
    const { default: screen, watchIdle } = await import('./Locked.tsx');
    return { default: screen, watchIdle };
  }),
);
const Locked = lazyComponent(loadLocked);
const StorageTrouble = lazyComponent(withLaterWords(() => import('./StorageTrouble.tsx')));

interface PersonProps {
  device: Device;
  profile: Profile;
  actions: SessionActions;
}

/** Everything that a signed-in person sees. Its code is a separate chunk, so that the sign-in screen does not wait for it. */
export default function Person({ device: kept, profile, actions }: PersonProps) {
  const isShared = useAppSelector((state) => state.session.isShared === true);
  const device = useMemo(() => (isShared ? deviceInMemory() : kept), [isShared, kept]);
  const store = useAppStore();
  const loadSession = useMemo(() => heldSession(store, actions), [store, actions]);
  const opened = useOpenedPerson(device, profile.id, loadSession);
  const lock = useLock(loadLocked);
  const language = locale();
  useEffect(() => {
    saveNotified(device, { userId: profile.id, language }).catch(reportError);
  }, [device, profile.id, language]);
  const words = useWords();
  const opening = <main className={styles.alone} aria-busy="true" />;
  switch (opened.phase) {
    case 'opening':
      // Opening takes milliseconds, so a text would only flash.
      return opening;
    case 'waiting':
    case 'refused': {
      const trouble = opened.phase === 'waiting' ? opened.phase : opened.failure;
      return (
        <Suspense fallback={opening}>
          <StorageTrouble trouble={trouble} onSignOut={() => void actions.leave(undefined)} />
        </Suspense>
      );
    }
    case 'open':
      if (lock !== undefined)
        return (
          <Suspense fallback={opening}>
            {lock === 'unknown' ? opening : <Locked client={opened.client} profile={profile} actions={actions} />}
          </Suspense>
        );
      return (
        <NoticeProvider closeLabel={words('app.close')}>
          <WithPictures client={opened.client}>
            <SignedIn client={opened.client} profile={profile} actions={actions} loadSession={loadSession} />
          </WithPictures>
        </NoticeProvider>
      );
  }
}
