import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import styles from './Account.module.css';

/** Words that exist on this device only, with the name of their chat. */
export interface LostWords {
  kind: 'message' | 'draft';
  chat: string;
  text: string;
}

interface SignOutDialogProps {
  lost: readonly LostWords[];
  onSignOut: () => Promise<void>;
  onClose: () => void;
}

/** More of them are counted only. */
const NAMED_MAX = 5;
const EXCERPT = 80;

export function SignOutDialog({ lost, onSignOut, onClose }: SignOutDialogProps) {
  const words = useWords();
  const [isWorking, setWorking] = useState(false);
  const isLosing = lost.length > 0;
  const messages = lost.filter(({ kind }) => kind === 'message').length;
  const drafts = lost.length - messages;
  return (
    <Dialog title={words('signOut.title')} onClose={onClose}>
      {isLosing && (
        <div className={styles.problem}>
          {messages > 0 && <p>{words('signOut.unsent', { count: messages })}</p>}
          {drafts > 0 && <p>{words('signOut.drafts', { count: drafts })}</p>}
          <ul className={styles.lost}>
            {lost.slice(0, NAMED_MAX).map(({ chat, text }, at) => (
              <li key={`${at} ${chat}`}>
                <b dir="auto" translate="no">
                  {chat}
                </b>
                <span dir="auto">{text.slice(0, EXCERPT).replaceAll(/\s+/gu, ' ').toWellFormed()}</span>
              </li>
            ))}
          </ul>
          {lost.length > NAMED_MAX && <p>{words('signOut.more', { count: lost.length - NAMED_MAX })}</p>}
        </div>
      )}
      <p className={styles.body}>{words('signOut.body')}</p>
      <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
        <Button
          look={isLosing ? 'danger' : 'solid'}
          disabled={isWorking}
          onClick={() => {
            setWorking(true);
            void onSignOut().finally(() => setWorking(false));
          }}
        >
          {words(isLosing ? 'signOut.anyway' : 'signOut.button')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
