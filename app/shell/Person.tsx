import type { Device } from '#app/local-store/device.ts';
import { useEffect } from 'react';
import { locale, useWords } from '#app/i18n/words.ts';
import { saveNotified } from '#app/sync/device-facts.ts';
import { NoticeProvider } from '#app/ui/Notice.tsx';
import type { Profile } from '#app/state/session.ts';
import { useSilenceAtEnd } from '#app/ui/Announcer.tsx';
import type { SessionActions } from './session-actions.ts';
import { SignedIn } from './SignedIn.tsx';
import { StorageTrouble } from './StorageTrouble.tsx';
import { WithPictures } from './WithPictures.tsx';
import { useOpenedPerson } from './use-opened-person.ts';
import styles from './Shell.module.css';

interface PersonProps {
  device: Device;
  profile: Profile;
  actions: SessionActions;
}

/** Everything that somebody sees who is signed in. Its code is a chunk of its own, which the sign-in screen does not wait for. */
export default function Person({ device, profile, actions }: PersonProps) {
  const opened = useOpenedPerson(device, profile.id, actions);
  useSilenceAtEnd();
  const language = locale();
  useEffect(() => {
    saveNotified(device, { userId: profile.id, language }).catch(reportError);
  }, [device, profile.id, language]);
  const words = useWords();
  switch (opened.phase) {
    case 'opening':
      // Opening takes milliseconds, so a text would only flash.
      return <main className={styles.alone} aria-busy="true" />;
    case 'waiting':
      return <StorageTrouble trouble="waiting" />;
    case 'refused':
      return <StorageTrouble trouble={opened.failure} onSignOut={() => void actions.leave(undefined)} />;
    case 'open':
      return (
        <NoticeProvider closeLabel={words('app.close')}>
          <WithPictures client={opened.client}>
            <SignedIn client={opened.client} profile={profile} actions={actions} />
          </WithPictures>
        </NoticeProvider>
      );
  }
}
