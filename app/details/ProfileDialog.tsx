import { presenceWords } from '#app/i18n/presence-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { useAppSelector } from '#app/state/store.ts';
import { Avatar } from '#app/ui/Avatar.tsx';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNow } from '#app/ui/use-now.ts';
import type { Person } from '#protocol/http.ts';
import styles from './Details.module.css';

interface ProfileDialogProps {
  person: Person;
  onMessage: () => void;
  onClose: () => void;
}

/** A person whom one need not have a chat with. */
export function ProfileDialog({ person, onMessage, onClose }: ProfileDialogProps) {
  const words = useWords();
  const now = useNow();
  const presence = useAppSelector((state) => state.presence.people[person.id]);
  const line = presenceWords(presence, now, words);
  return (
    <Dialog title={person.name} onClose={onClose}>
      <div className={styles.profile}>
        <Avatar id={person.id} name={person.name} shape="round" size={88} isOnline={presence?.online === true} />
        {line !== '' && <p className={styles.memberLine}>{line}</p>}
      </div>
      <DialogActions cancel={words('app.close')} onCancel={onClose}>
        <Button onClick={onMessage}>{words('details.message')}</Button>
      </DialogActions>
    </Dialog>
  );
}
