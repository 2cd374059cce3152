import { CircleAlert, Clock, Paperclip } from 'lucide-react';
import { useState } from 'react';
import { futureTime } from '#app/i18n/instants.ts';
import { messageTextWords } from '#app/i18n/message-text-words.ts';
import { useWords, type Words } from '#app/i18n/words.ts';
import { cancelScheduled, updateScheduled } from '#app/ops/scheduled-overlay.ts';
import { isDue, isDueSoon } from '#app/scheduling/schedule-times.ts';
import { TimeDialog } from '#app/scheduling/TimeDialog.tsx';
import { scheduledReason, type ShownScheduled } from '#app/shown/scheduled.ts';
import { mentionedIn, type NamedPerson } from '#app/shown/mentions.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import { useNow } from '#app/ui/use-now.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import { useConversation } from './conversation-context.ts';
import { ScheduledEdit } from './ScheduledEdit.tsx';
import { useUndone } from './use-deletion.ts';
import styles from './Scheduled.module.css';

interface ScheduledDialogProps {
  shown: readonly ShownScheduled[];
  people: readonly NamedPerson[];
  onClose: () => void;
}

/** The scheduled messages of one chat: each can be changed, sent now or cancelled, even without a connection. [SM2] */
export default function ScheduledDialog({ shown, people, onClose }: ScheduledDialogProps) {
  const words = useWords();
  const { stream, outbox } = useConversation();
  const notify = useNotice();
  // The message as it was when the edit started: if it is sent meanwhile, the typed text stays, and its refusal is shown where
  // the text can be copied.
  const [open, setOpen] = useState<{ kind: 'text' | 'time'; message: ScheduledMessage }>();
  const cancel = useUndone(outbox);
  const now = new Date(useNow());
  const change = (message: ScheduledMessage, to: Parameters<typeof updateScheduled>[2]) =>
    outbox.queue(updateScheduled(stream, message.id, to));

  async function cancelOne({ message, isUnsent }: ShownScheduled) {
    if (isUnsent) {
      // Its file no longer has to be uploaded, and undoing this restores everything.
      const undo = await outbox.cancel(stream, message.id);
      return notify(
        words('scheduled.cancelled'),
        undo === undefined ? undefined : { label: words('menu.undo'), run: () => void undo() },
      );
    }
    const op = cancelScheduled(stream, message.id);
    if (!isDueSoon(message, correctedNow().getTime())) return cancel([op], words('scheduled.cancelled'));
    // There would be no time to undo it.
    await outbox.queue(op);
    return notify(words('scheduled.cancelled'));
  }

  if (open?.kind === 'text')
    return (
      <ScheduledEdit
        message={open.message}
        onClose={() => setOpen(undefined)}
        onSave={async (text) => {
          if (text !== open.message.text) await change(open.message, { text, mentions: mentionedIn(text, people) });
          setOpen(undefined);
        }}
      />
    );
  if (open?.kind === 'time')
    return (
      <TimeDialog
        at={new Date(open.message.dueAt)}
        action={words('edit.save')}
        onClose={() => setOpen(undefined)}
        onPick={(at) => {
          setOpen(undefined);
          void change(open.message, { dueAt: at.toISOString() });
        }}
      />
    );
  return (
    <Dialog title={words('scheduled.title')} onClose={onClose}>
      {shown.length === 0 ? (
        <p role="status">{words('scheduled.none')}</p>
      ) : (
        <ul className={styles.list}>
          {shown.map(({ message, isWaiting, isUnsent }) => (
            <li key={message.id} className={styles.item}>
              <p className={styles.text} dir="auto">
                {messageTextWords(message, words)}
              </p>
              {message.attachments.length > 0 && (
                <p className={styles.files} dir="auto">
                  <Paperclip size={14} aria-hidden />
                  <span>{message.attachments.map(({ name }) => name).join(', ')}</span>
                </p>
              )}
              {message.poll !== undefined && (
                <ul className={styles.options} dir="auto">
                  {message.poll.options.map((option) => (
                    <li key={option}>{option}</li>
                  ))}
                </ul>
              )}
              <p className={styles.time}>
                {message.failure === undefined ? (
                  <Clock size={14} aria-hidden />
                ) : (
                  <CircleAlert size={14} aria-hidden className={styles.wrong} />
                )}
                <span className={message.failure === undefined ? undefined : styles.wrong}>
                  {stateWords(message, isWaiting, now, words)}
                </span>
              </p>
              {message.isLeaving !== true && (
                <div role="group" aria-label={messageTextWords(message, words)} className={styles.actions}>
                  {/* As with a sent poll: to change it, it has to be cancelled and made again. [PO4] */}
                  {message.poll === undefined && (
                    <Button look="link" onClick={() => setOpen({ kind: 'text', message })}>
                      {words('scheduled.editText')}
                    </Button>
                  )}
                  <Button look="link" onClick={() => setOpen({ kind: 'time', message })}>
                    {words('scheduled.changeTime')}
                  </Button>
                  <Button look="link" onClick={() => void change(message, { dueAt: null })}>
                    {words('scheduled.sendNow')}
                  </Button>
                  <Button
                    look="link"
                    onClick={() => {
                      // The offer to undo it is under a dialog.
                      onClose();
                      void cancelOne({ message, isWaiting, isUnsent });
                    }}
                  >
                    {words('scheduled.cancelMessage')}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      <DialogActions cancel={words('app.close')} onCancel={onClose}>
        {null}
      </DialogActions>
    </Dialog>
  );
}

function stateWords({ dueAt, failure }: ScheduledMessage, isWaiting: boolean, now: Date, words: Words): string {
  if (failure !== undefined) return words('failed.sentence', { reason: words(`reason.${scheduledReason(failure)}`) });
  const at = new Date(dueAt);
  const time = isDue(at, now) ? words('scheduled.due') : futureTime(at, now);
  return isWaiting ? words('scheduled.waiting', { time }) : time;
}
