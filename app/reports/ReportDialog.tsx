import { useLiveQuery } from 'dexie-react-hooks';
import { useId, useState, type SubmitEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { blockPerson } from '#app/ops/own.ts';
import { sendReport } from '#app/ops/reports.ts';
import type { Outbox } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import { Chips } from '#app/ui/Chips.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import { FIELD_MAX } from '#app/ui/use-bounded-text.ts';
import { useKept } from '#app/ui/use-kept.ts';
import type { ConversationId, MessageId, UserId } from '#protocol/ids.ts';
import { MAX_REPORT_NOTE } from '#protocol/limits.ts';
import type { ReportReason } from '#protocol/reports.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './ReportDialog.module.css';

const EMPTY: { reason: ReportReason; note: string; alsoBlocks: boolean } = {
  reason: 'spam',
  note: '',
  alsoBlocks: false,
};
const REASONS: readonly ReportReason[] = ['spam', 'abuse', 'illegal', 'impersonation', 'other'];

export interface ReportDialogProps {
  store: ViewStore;
  outbox: Outbox;
  /** The chat of the message, or what is reported: a group, or the person of a direct chat. */
  stream: ConversationId;
  messageId?: MessageId;
  /** The author of the message, or the reported person. Absent if it is about a group. */
  person?: { id: UserId; name: string };
  /** The title of the group, if there is no person. */
  name: string;
  /** The report can be sent at once. */
  isConnected: boolean;
  onClose: () => void;
}

/** Reports a message, a person or a group to the administrator. It goes through the outbox, so it works offline too. [RP1] */
export default function ReportDialog(props: ReportDialogProps) {
  const { store, outbox, stream, messageId, person, name, isConnected, onClose } = props;
  const words = useWords();
  const notify = useNotice();
  const id = useId();
  const { held, keep, forget } = useKept(outbox, `report ${stream} ${messageId ?? ''}`, EMPTY);
  const { reason, note, alsoBlocks } = held;
  const over = note.trim().length - MAX_REPORT_NOTE;
  const [state, setState] = useState<'ready' | 'sending' | 'failed'>('ready');
  const isBlocked = useLiveQuery(
    async () => person === undefined || (await store.blocked()).includes(person.id),
    [store, person?.id],
    true,
  );

  async function send(event: SubmitEvent) {
    event.preventDefault();
    if (state === 'sending' || over > 0) return;
    setState('sending');
    try {
      // The report is queued first, because a person who tries again after a failure may block twice, but must not report twice.
      if (alsoBlocks && person !== undefined) await outbox.queue(blockPerson(store.userId, person.id, true));
      await outbox.queue(sendReport(stream, { messageId, reason, note: note.trim().toWellFormed() }));
    } catch {
      // The device could not store it; everything is still in the fields.
      return setState('failed');
    }
    notify(words(isConnected ? 'report.sent' : 'report.queued'));
    return close();
  }
  function close() {
    forget();
    onClose();
  }

  return (
    <Dialog title={words(messageId === undefined ? 'report.this' : 'report.message', { name })} onClose={close}>
      <form className={styles.form} onSubmit={(event) => void send(event)}>
        <p>{words(messageId === undefined ? 'report.body' : 'report.messageBody')}</p>
        <Chips
          label={words('report.reason')}
          chosen={reason}
          onChoose={(next) => keep({ ...held, reason: next })}
          options={REASONS.map((value) => ({ value, label: words(`report.${value}`) }))}
        />
        <div className={styles.note}>
          <label htmlFor={id}>{words('report.note')}</label>
          <textarea
            id={id}
            className={shapes.input}
            dir="auto"
            rows={3}
            maxLength={FIELD_MAX}
            aria-invalid={over > 0}
            aria-describedby={over > 0 ? `${id}-over` : undefined}
            value={note}
            onChange={({ target }) => keep({ ...held, note: target.value })}
          />
          {over > 0 && (
            <p id={`${id}-over`} className={styles.failed}>
              {words('composer.over', { count: over })}
            </p>
          )}
        </div>
        {person !== undefined && !isBlocked && (
          <Checkbox
            label={words('report.block', { name: person.name })}
            note={words('block.body')}
            checked={alsoBlocks}
            onChange={(next) => keep({ ...held, alsoBlocks: next })}
          />
        )}
        {state === 'failed' && (
          <p role="alert" className={styles.failed}>
            {words('report.notSaved')}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={close}>
          <Button type="submit" disabled={state === 'sending' || over > 0}>
            {words('menu.report')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
