import { useWords } from '#app/i18n/words.ts';
import { pollResults } from '#app/shown/poll.ts';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import type { UserId } from '#protocol/ids.ts';
import type { Poll } from '#protocol/record.ts';
import { NamesInParts } from './NamesInParts.tsx';
import styles from './PollView.module.css';

/** Who voted for what; an anonymous poll has no such dialog. [PO3] */
export function PollVotesDialog({ poll, onClose }: { poll: Poll; onClose: () => void }) {
  const words = useWords();
  const { counts } = pollResults(poll);
  const votes = Object.entries(poll.votes) as [UserId, number[]][];
  return (
    <Dialog title={words('poll.showTitle')} onClose={onClose}>
      <dl className={styles.votes}>
        {poll.options.map((option, at) => {
          const voters = votes.filter(([, chosen]) => chosen.includes(at));
          return (
            <div key={option}>
              <dt dir="auto">{words('poll.optionVotes', { option, count: counts[at] ?? 0 })}</dt>
              {voters.length === 0 && <dd className={styles.nobody}>{words('poll.nobody')}</dd>}
              <NamesInParts users={voters.map(([userId]) => userId)} onLeave={onClose} />
            </div>
          );
        })}
      </dl>
      <DialogActions cancel={words('app.close')} onCancel={onClose} />
    </Dialog>
  );
}
