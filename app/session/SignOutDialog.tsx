import { useState } from 'react';
import { previewOf } from '#app/i18n/message-text-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { saveText } from '#app/ui/save-text.ts';
import styles from './Account.module.css';

/** Text that exists only on this device, with the name of its chat. */
export interface LostWords {
  kind: 'message' | 'draft' | 'edit' | 'poll';
  chat: string;
  text: string;
}

interface SignOutDialogProps {
  lost: readonly LostWords[];
  onSignOut: (everywhere: boolean) => Promise<void>;
  onClose: () => void;
}

const said = {
  message: 'signOut.unsent',
  draft: 'signOut.drafts',
  edit: 'signOut.edits',
  poll: 'signOut.polls',
} as const;

/** More texts than this are only counted. */
const NAMED_MAX = 5;

export function SignOutDialog({ lost, onSignOut, onClose }: SignOutDialogProps) {
  const words = useWords();
  const [isWorking, setWorking] = useState(false);
  const [everywhere, setEverywhere] = useState(false);
  const isLosing = lost.length > 0;
  const count = (wanted: LostWords['kind']) => lost.filter(({ kind }) => kind === wanted).length;
  return (
    <Dialog title={words('signOut.title')} onClose={onClose}>
      {isLosing && (
        <div className={styles.problem}>
          {(Object.keys(said) as LostWords['kind'][]).map(
            (kind) => count(kind) > 0 && <p key={kind}>{words(said[kind], { count: count(kind) })}</p>,
          )}
          <ul className={styles.lost}>
            {lost.slice(0, NAMED_MAX).map(({ chat, text }, at) => (
              <li key={`${at} ${chat}`}>
                <b dir="auto" translate="no">
                  {chat}
                </b>
                <span dir="auto">{previewOf(text)}</span>
              </li>
            ))}
          </ul>
          {lost.length > NAMED_MAX && <p>{words('signOut.more', { count: lost.length - NAMED_MAX })}</p>}
          <Button look="link" onClick={() => saveText('teamlink.txt', textOfLost(lost))}>
            {words('signOut.save')}
          </Button>
        </div>
      )}
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

/** All texts in full, for somebody who wants to keep them. */
function textOfLost(lost: readonly LostWords[]): string {
  return lost.map(({ chat, text }) => `${chat}\n${text}\n`).join('\n');
}
