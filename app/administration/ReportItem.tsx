import { useLiveQuery } from 'dexie-react-hooks';
import { shortTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { Button } from '#app/ui/Button.tsx';
import { useNow } from '#app/ui/use-now.ts';
import type { Report } from '#protocol/administration.ts';
import { mayDelete } from '#protocol/policies.ts';
import { namedWords, subjectWords } from './report-words.ts';
import styles from './Administration.module.css';

interface ReportItemProps {
  report: Report;
  store: ViewStore;
  onDismiss: () => void;
  onAsk: (outcome: 'suspended' | 'deleted') => void;
}

/** One report with its content, and what the administrator may do about it. */
export function ReportItem({ report, store, onDismiss, onAsk }: ReportItemProps) {
  const words = useWords();
  const now = useNow();
  const { stream, person, about, title, text, files, wasDeleted, note, resolved, by, reason, at } = report;
  const { userId } = store;
  // The administrator deletes messages by the rights of a member, as everybody does.
  const membership = useLiveQuery(async () => (await store.conversation(stream))?.membership, [store, stream]);
  const isMember = membership !== undefined && membership.leftAt === undefined;
  const mayRemove =
    about === 'message' &&
    wasDeleted !== true &&
    isMember &&
    person !== undefined &&
    mayDelete({ userId, role: membership.role }, { senderId: person.id });
  const subject = subjectWords(report, words);
  const time = (ms: number) => shortTime(new Date(ms), now);
  return (
    <li className={styles.person}>
      <p className={styles.name} dir="auto">
        {subject}
      </p>
      {about === 'message' && title !== undefined && (
        <p className={styles.note}>{words('reports.inGroup', { name: title })}</p>
      )}
      {wasDeleted === true && <p className={styles.note}>{words('reports.wasDeleted')}</p>}
      {text !== undefined && text !== '' && (
        <blockquote className={styles.quote} dir="auto" translate="no">
          {text}
        </blockquote>
      )}
      {files !== undefined && <p className={styles.note}>{words('reports.files', { names: files.join(', ') })}</p>}
      {note !== undefined && (
        <p className={styles.reporterNote} dir="auto">
          {note}
        </p>
      )}
      <p className={styles.note}>
        {words('reports.by', { reason: words(`report.${reason}`), name: namedWords(by, words), time: time(at) })}
      </p>
      {resolved !== undefined && (
        <p className={styles.note}>
          {words(`reports.outcome.${resolved.outcome}`, {
            name: namedWords(resolved.by, words),
            time: time(resolved.at),
          })}
        </p>
      )}
      {resolved === undefined && (
        <div className={styles.deeds}>
          {person?.name !== undefined && person.id !== userId && (
            <Button look="link" aria-label={`${words('admin.suspend')}: ${subject}`} onClick={() => onAsk('suspended')}>
              {words('admin.suspend')}
            </Button>
          )}
          {mayRemove && (
            <Button look="link" aria-label={`${words('reports.delete')}: ${subject}`} onClick={() => onAsk('deleted')}>
              {words('reports.delete')}
            </Button>
          )}
          <Button look="link" aria-label={`${words('reports.dismiss')}: ${subject}`} onClick={onDismiss}>
            {words('reports.dismiss')}
          </Button>
        </div>
      )}
    </li>
  );
}
