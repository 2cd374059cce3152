import { Check } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { votePoll } from '#app/ops/polls.ts';
import { pollResults, votedWith } from '#app/shown/poll.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { mayClose } from '#protocol/policies.ts';
import type { Poll } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import { InlineButton } from './InlineButton.tsx';
import styles from './PollView.module.css';

interface PollViewProps {
  item: TimelineItem;
  poll: Poll;
  /** The buttons of the list's tab stop can be reached with Tab too. */
  isTabStop: boolean;
}

/** The options of a poll with their votes; pressing one votes for it, or takes the vote back. [PO2] [PO3] */
export default function PollView({ item, poll, isTabStop }: PollViewProps) {
  const words = useWords();
  const { stream, self, outbox, role, onDialog } = useConversation();
  const { counts, voters } = pollResults(poll);
  const own = poll.votes[self] ?? [];
  const isClosed = poll.closedAt !== undefined;
  const tabIndex = isTabStop ? 0 : -1;
  return (
    <div className={styles.poll}>
      <p className={styles.kind}>
        <span>{words(kindOf(poll))}</span>
        {isClosed && <span className={styles.closed}>{words('poll.closed')}</span>}
      </p>
      <div className={styles.options} role="group" aria-label={words('poll.choices')}>
        {poll.options.map((option, at) => {
          const count = counts[at] ?? 0;
          const isOwn = own.includes(at);
          return (
            <button
              key={option}
              type="button"
              className={styles.option}
              aria-pressed={isOwn}
              aria-label={words('poll.optionVotes', { option, count })}
              tabIndex={tabIndex}
              disabled={isClosed || role === undefined}
              onClick={() => void outbox.queue(votePoll(stream, item.id, votedWith(poll, own, at)))}
            >
              <span aria-hidden className={styles.mark}>
                {isOwn && <Check size={14} />}
              </span>
              <span aria-hidden className={styles.words} dir="auto">
                {option}
              </span>
              <span aria-hidden className={styles.count}>
                {count}
              </span>
              <span aria-hidden className={styles.track}>
                <span className={styles.bar} style={{ inlineSize: `${(100 * count) / Math.max(1, voters)}%` }} />
              </span>
            </button>
          );
        })}
      </div>
      <p className={styles.foot}>
        <span>{words('poll.votes', { count: voters })}</span>
        {poll.isAnonymous !== true && voters > 0 && (
          <InlineButton tabIndex={tabIndex} onClick={() => onDialog({ kind: 'votes', id: item.id })}>
            {words('poll.show')}
          </InlineButton>
        )}
        {!isClosed && role !== undefined && mayClose({ userId: self, role }, item) && (
          <InlineButton tabIndex={tabIndex} onClick={() => onDialog({ kind: 'closePoll', id: item.id })}>
            {words('poll.close')}
          </InlineButton>
        )}
      </p>
    </div>
  );
}

function kindOf({ isAnonymous, isMultiple }: Poll) {
  if (isAnonymous === true) return isMultiple === true ? 'poll.kindAnonymousMultiple' : 'poll.kindAnonymous';
  return isMultiple === true ? 'poll.kindMultiple' : 'poll.kind';
}
