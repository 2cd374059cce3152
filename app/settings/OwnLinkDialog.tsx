import { useWords } from '#app/i18n/words.ts';
import { PERSON } from '#app/links/paths.ts';
import { ShownLink } from '#app/links/ShownLink.tsx';
import type { Profile } from '#app/state/session.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import styles from './Settings.module.css';

/** The link by which people can write to the user. It is made from the user's id, so it needs no connection. [HT3] */
export default function OwnLinkDialog({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog title={words('settings.link')} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.label}>{words('settings.linkBody')}</p>
        <ShownLink
          link={`${location.origin}${PERSON}${profile.id}`}
          label={words('settings.linkField')}
          name={profile.name}
        />
      </div>
      <DialogActions cancel={words('app.close')} onCancel={onClose} />
    </Dialog>
  );
}
