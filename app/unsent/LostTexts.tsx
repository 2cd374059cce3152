import { previewOf } from '#app/i18n/message-text-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { saveText } from '#app/ui/save-text.ts';
import styles from './LostTexts.module.css';

/** Text that would be lost, with the name of its chat. */
export interface LostWords {
  kind: 'message' | 'draft' | 'edit' | 'poll' | 'scheduled';
  chat: string;
  text: string;
}

const said = {
  message: 'signOut.unsent',
  draft: 'signOut.drafts',
  edit: 'signOut.edits',
  poll: 'signOut.polls',
  scheduled: 'left.scheduled',
} as const;

/** More texts than this are only counted. */
const NAMED_MAX = 5;

interface LostTextsProps {
  lost: readonly LostWords[];
  /** Files or a recording that have not been sent would be lost too. */
  hasFiles: boolean;
}

/** Names what a person is about to lose, and saves its texts as a file. */
export function LostTexts({ lost, hasFiles }: LostTextsProps) {
  const words = useWords();
  const count = (wanted: LostWords['kind']) => lost.filter(({ kind }) => kind === wanted).length;
  return (
    <div className={styles.lost}>
      {(Object.keys(said) as LostWords['kind'][]).map(
        (kind) => count(kind) > 0 && <p key={kind}>{words(said[kind], { count: count(kind) })}</p>,
      )}
      {hasFiles && <p>{words('left.forgetFiles')}</p>}
      {lost.length > 0 && (
        <ul className={styles.texts}>
          {lost.slice(0, NAMED_MAX).map(({ chat, text }, at) => (
            <li key={`${at} ${chat}`}>
              <b dir="auto" translate="no">
                {chat}
              </b>
              <span dir="auto">{previewOf(text)}</span>
            </li>
          ))}
        </ul>
      )}
      {lost.length > NAMED_MAX && <p>{words('signOut.more', { count: lost.length - NAMED_MAX })}</p>}
      {lost.length > 0 && (
        <Button look="link" onClick={() => saveText('teamlink.txt', textOfLost(lost))}>
          {words('signOut.save')}
        </Button>
      )}
    </div>
  );
}

/** All texts in full, for somebody who wants to keep them. */
function textOfLost(lost: readonly LostWords[]): string {
  return lost.map(({ chat, text }) => `${chat}\n${text}\n`).join('\n');
}
