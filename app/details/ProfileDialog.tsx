import { presenceWords } from '#app/i18n/presence-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNow } from '#app/ui/use-now.ts';
import type { Client } from '#app/sync/client.ts';
import type { Person } from '#protocol/http.ts';
import { AboutPerson } from './AboutPerson.tsx';
import { BlockPerson } from './BlockPerson.tsx';
import { ReportButton } from './ReportButton.tsx';
import { SharedGroups } from './SharedGroups.tsx';
import styles from './Details.module.css';

interface ProfileDialogProps {
  client: Client;
  person: Person;
  onMessage: () => void;
  onClose: () => void;
}

/** A person with whom the user may have no chat. */
export function ProfileDialog({ client, person, onMessage, onClose }: ProfileDialogProps) {
  const words = useWords();
  const now = useNow();
  const presence = useAppSelector((state) => state.presence.people[person.id]);
  const line = presenceWords(presence, now, words);
  return (
    <Dialog title={person.name} onClose={onClose}>
      <div className={styles.profile}>
        <Avatar id={person.id} name={person.name} shape="round" size={88} isOnline={presence?.online === true} />
        {line !== '' && <p className={styles.memberLine}>{line}</p>}
        <AboutPerson store={client.store} person={person.id} />
        <SharedGroups store={client.store} person={person.id} onFollow={onClose} />
        {person.id !== client.userId && (
          <>
            <BlockPerson client={client} userId={person.id} name={person.name} />
            <ReportButton client={client} about={{ person: person.id }} name={person.name} />
          </>
        )}
      </div>
      <DialogActions cancel={words('app.close')} onCancel={onClose}>
        <Button onClick={onMessage}>{words('details.message')}</Button>
      </DialogActions>
    </Dialog>
  );
}
