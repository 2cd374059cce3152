import { Check } from 'lucide-react';
import { useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { closePoll, votePoll } from '#app/ops/polls.ts';
import { pollResults, votedWith } from '#app/shown/poll.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { ConfirmDialog } from '#app/ui/ConfirmDialog.tsx';
import { mayClose } from '#protocol/policies.ts';
import type { Poll } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import { PollVotesDialog } from './PollVotesDialog.tsx';
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
  const { stream, self, outbox, role } = useConversation();
  const root = useRef<HTMLDivElement>(null);
  const [dialog, setDialog] = useState<'votes' | 'close'>();
  const { counts, voters } = pollResults(poll);
  const own = poll.votes[self] ?? [];
  const isClosed = poll.closedAt !== undefined;
  const tabIndex = isTabStop ? 0 : -1;
  return (
    <div ref={root} className={styles.poll}>
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
          <InlineButton tabIndex={tabIndex} onClick={() => setDialog('votes')}>
            {words('poll.show')}
          </InlineButton>
        )}
        {!isClosed && role !== undefined && mayClose({ userId: self, role }, item) && (
          <InlineButton tabIndex={tabIndex} onClick={() => setDialog('close')}>
            {words('poll.close')}
          </InlineButton>
        )}
      </p>
      {dialog === 'votes' && <PollVotesDialog poll={poll} onClose={() => setDialog(undefined)} />}
      {dialog === 'close' && (
        <ConfirmDialog
          title={words('poll.closeTitle')}
          body={words('poll.closeBody')}
          cancel={words('app.cancel')}
          confirm={words('poll.close')}
          onClose={() => setDialog(undefined)}
          onConfirm={() => {
            setDialog(undefined);
            // The button to which the focus would return disappears when the poll is closed. [A5]
            const message = root.current?.closest('article');
            void outbox.queue(closePoll(stream, item.id)).then(() => message?.focus());
          }}
        />
      )}
    </div>
  );
}

function kindOf({ isAnonymous, isMultiple }: Poll) {
  if (isAnonymous === true) return isMultiple === true ? 'poll.kindAnonymousMultiple' : 'poll.kindAnonymous';
  return isMultiple === true ? 'poll.kindMultiple' : 'poll.kind';
}
