import { Forward, Pin } from 'lucide-react';
import { Suspense, type CSSProperties } from 'react';
import { clockTime, fullTime } from '#app/i18n/instants.ts';
import { useWords, withLaterWords, type Words } from '#app/i18n/words.ts';
import type { TimelineItem } from '#app/shown/timeline.ts';
import { classNames } from '#app/ui/class-names.ts';
import { hueOf } from '#app/ui/hue.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { StatusIcon } from '#app/ui/StatusIcon.tsx';
import { isDirect } from '#protocol/ids.ts';
import { isVisible } from '#protocol/names.ts';
import { useConversation } from './conversation-context.ts';
import { Attachments } from '#app/media/Attachments.tsx';
import { isFewEmojis } from './few-emojis.ts';
import { MessageText } from './MessageText.tsx';
import { Quote } from './Quote.tsx';
import styles from './MessageRow.module.css';

const PollView = lazyComponent(withLaterWords(() => import('./PollView.tsx')));

interface MessageBubbleProps {
  item: TimelineItem;
  isTabStop: boolean;
}

/** Sender, quote, text, time and state of a message. */
export function MessageBubble({ item, isTabStop }: MessageBubbleProps) {
  const { stream, nameOf, onPerson } = useConversation();
  const words = useWords();
  return (
    <div className={styles.bubble} data-bubble>
      {!item.isOwn && item.isFirstOfRun && !isDirect(stream) && (
        <p
          className={styles.sender}
          dir="auto"
          translate="no"
          style={{ '--hue': hueOf(item.senderId) } as CSSProperties}
        >
          <button
            type="button"
            title={words('details.profile')}
            tabIndex={isTabStop ? 0 : -1}
            onClick={() => onPerson({ id: item.senderId, name: nameOf(item.senderId) })}
          >
            {nameOf(item.senderId)}
          </button>
        </p>
      )}
      {item.forwardedFrom !== undefined && (
        <p className={styles.forwarded} dir="auto">
          <Forward size={13} aria-hidden />
          {item.forwardedFrom === ''
            ? words('chat.forwarded')
            : words('chat.forwardedFrom', { name: item.forwardedFrom })}
        </p>
      )}
      {item.replyTo !== undefined && <Quote id={item.replyTo} isTabStop={isTabStop} />}
      <Body item={item} isTabStop={isTabStop} />
      <Meta item={item} />
    </div>
  );
}

function Body({ item, isTabStop }: MessageBubbleProps) {
  const { stream, self, outbox } = useConversation();
  const words = useWords();
  if (item.isDeleted) return <span className={styles.deleted}>{words('list.deleted')}</span>;
  return (
    <>
      {item.attachments.length > 0 && (
        <Attachments
          files={item.attachments}
          self={self}
          place={{ stream, messageId: item.id, seq: item.seq }}
          isTabStop={isTabStop}
          // A failed message is not being sent; the buttons below send it again or discard it.
          onCancel={item.failed === undefined ? () => outbox.cancel(stream, item.id) : undefined}
        />
      )}
      {isVisible(item.text) ? (
        <span className={classNames(styles.text, isFewEmojis(item.text) && styles.large)} dir="auto" data-text>
          {/* An empty line at the end would push the time down. */}
          <MessageText text={item.text.trimEnd()} mentions={item.mentions} isTabStop={isTabStop} />
        </span>
      ) : (
        item.attachments.length === 0 && <span className={styles.deleted}>{words('chat.invisible')}</span>
      )}
      {item.poll !== undefined && (
        <Suspense fallback={<p className={styles.text}>{item.poll.options.join('\n')}</p>}>
          <PollView item={item} poll={item.poll} isTabStop={isTabStop} />
        </Suspense>
      )}
    </>
  );
}

function timeDetails({ at, sentLater }: TimelineItem, words: Words): string {
  const written = fullTime(at);
  return sentLater === undefined ? written : words('chat.sentLater', { written, sent: fullTime(sentLater) });
}

function Meta({ item }: { item: TimelineItem }) {
  const words = useWords();
  return (
    <span className={styles.meta}>
      {item.isPinned && (
        <>
          <Pin size={12} aria-hidden />
          <span className="unseen">{words('list.pinned')}</span>
        </>
      )}
      {item.waits !== undefined ? (
        <span>{`${words(item.waits === 'edit' ? 'chat.editPending' : 'chat.deletePending')} `}</span>
      ) : (
        item.isEdited && !item.isDeleted && <span>{`${words('chat.edited')} `}</span>
      )}
      <time dateTime={item.at.toISOString()} title={timeDetails(item, words)}>
        {clockTime(item.at)}
      </time>
      {item.status !== undefined && <StatusIcon look={item.status} label={words(`status.${item.status}`)} />}
    </span>
  );
}
