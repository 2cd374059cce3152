import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { LostTexts, type LostWords } from '#app/unsent/LostTexts.tsx';
import styles from './Account.module.css';

interface SignOutDialogProps {
  lost: readonly LostWords[];
  /** Files or a recording that have not been sent would be lost too. */
  hasFiles: boolean;
  onSignOut: (everywhere: boolean) => Promise<void>;
  onClose: () => void;
}

export function SignOutDialog({ lost, hasFiles, onSignOut, onClose }: SignOutDialogProps) {
  const words = useWords();
  const [isWorking, setWorking] = useState(false);
  const [everywhere, setEverywhere] = useState(false);
  const isLosing = lost.length > 0 || hasFiles;
  return (
    <Dialog title={words('signOut.title')} onClose={onClose}>
      {isLosing && <LostTexts lost={lost} hasFiles={hasFiles} />}
      <p className={styles.body}>{words('signOut.body')}</p>
      <label className={styles.choice}>
        <input type="checkbox" checked={everywhere} onChange={(event) => setEverywhere(event.target.checked)} />
        <span>{words('signOut.everywhere')}</span>
      </label>
      <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
        <Button
          look={isLosing ? 'danger' : 'solid'}
          disabled={isWorking}
          onClick={() => {
            setWorking(true);
            void onSignOut(everywhere).finally(() => setWorking(false));
          }}
        >
          {words(isLosing ? 'signOut.anyway' : 'signOut.button')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
