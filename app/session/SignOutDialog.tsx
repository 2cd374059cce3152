import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import styles from './Account.module.css';

interface SignOutDialogProps {
  /** The number of messages that exist only on this device. */
  unsent: number;
  onSignOut: () => Promise<void>;
  onClose: () => void;
}

export function SignOutDialog({ unsent, onSignOut, onClose }: SignOutDialogProps) {
  const words = useWords();
  const [isWorking, setWorking] = useState(false);
  return (
    <Dialog title={words('signOut.title')} onClose={onClose}>
      {unsent > 0 && <p className={styles.problem}>{words('signOut.unsent', { count: unsent })}</p>}
      <p className={styles.body}>{words('signOut.body')}</p>
      <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
        <Button
          look={unsent > 0 ? 'danger' : 'solid'}
          disabled={isWorking}
          onClick={() => {
            setWorking(true);
            void onSignOut().finally(() => setWorking(false));
          }}
        >
          {words(unsent > 0 ? 'signOut.anyway' : 'signOut.button')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
