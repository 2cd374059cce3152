import { ChartColumn, X } from 'lucide-react';
import { useId, useState, type SubmitEvent } from 'react';
import { futureTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import type { Files, PollForm } from '#app/local-store/files.ts';
import { textsIn } from '#app/local-store/unsent-polls.ts';
import { sendMessage } from '#app/ops/messages.ts';
import { scheduleMessage } from '#app/ops/scheduled.ts';
import { SendTimeField } from '#app/scheduling/SendTimeField.tsx';
import { useSendTime } from '#app/scheduling/use-send-time.ts';
import type { Client } from '#app/sync/client.ts';
import { Button, IconButton } from '#app/ui/Button.tsx';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { useNotice } from '#app/ui/Notice.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { UnfinishedNote } from '#app/ui/UnfinishedNote.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import type { ConversationId, OpId } from '#protocol/ids.ts';
import { MAX_POLL_OPTION, MAX_POLL_OPTIONS, MAX_POLL_QUESTION, MIN_POLL_OPTIONS } from '#protocol/limits.ts';
import { cleanName, isVisible } from '#protocol/names.ts';
import { pollProblem, type PollProblem } from './poll-input.ts';
import { usePollForm } from './use-poll-form.ts';
import styles from './PollDialog.module.css';

interface PollDialogProps {
  client: Client;
  stream: ConversationId;
  files: Files;
  /** What the device has kept of it. */
  kept: PollForm | undefined;
  /** The message that the poll replies to. */
  replyTo: OpId | undefined;
  maySchedule: boolean;
  /** False while the dialog is closed and a note above the composer offers what is in it. */
  isOpen: boolean;
  onOpen: () => void;
  onClose: () => void;
  onDiscarded: () => void;
  onSent: () => void;
}

/**
 * A question with its options. It is sent like any message, so it works offline too; once it is closed, it is offered above the
 * composer. [PO1]
 */
export function PollDialog(props: PollDialogProps) {
  const { client, stream, files, kept, replyTo, maySchedule, isOpen, onOpen, onClose, onDiscarded, onSent } = props;
  const words = useWords();
  const id = useId();
  const { form, change, reopen, end } = usePollForm({ self: client.userId, files, stream, kept, isOpen });
  const { question, fields, isMultiple, isAnonymous } = form;
  const [problem, setProblem] = useState<PollProblem>();
  const time = useSendTime(form.when, (when) => change({ ...form, when }));
  const notify = useNotice();
  const [state, setState] = useState<'ready' | 'sending' | 'failed'>('ready');

  const changeFields = (next: PollForm['fields']) => {
    setProblem(undefined);
    change({ ...form, fields: next });
  };

  async function send(event: SubmitEvent) {
    event.preventDefault();
    if (state === 'sending') return;
    const options = fields.map(({ text }) => cleanName(text.toWellFormed()));
    const wrong = pollProblem(question, options);
    if (wrong !== undefined) {
      setProblem(wrong);
      const at = wrong.at === 'question' ? 'question' : String(wrong.at);
      document.querySelector<HTMLInputElement>(`[data-poll-field="${at}"]`)?.focus();
      return;
    }
    const at = time.read();
    if (at === undefined) return;
    setState('sending');
    const poll = {
      options: options.filter(isVisible),
      ...(isMultiple ? { isMultiple } : {}),
      ...(isAnonymous ? { isAnonymous } : {}),
    };
    const content = { text: question.trim().toWellFormed(), poll, ...(replyTo === undefined ? {} : { replyTo }) };
    try {
      await client.outbox.queue(
        at === 'now' ? sendMessage(stream, content, correctedNow()) : scheduleMessage(stream, content, at),
      );
    } catch {
      // The device could not store it; everything is still in the fields.
      return setState('failed');
    }
    await end();
    if (at !== 'now') notify(words('scheduled.done', { time: futureTime(at, correctedNow()) }));
    return onSent();
  }
  const discard = async () => {
    await end();
    onDiscarded();
  };
  const filled = textsIn(form);

  const said = ({ kind }: PollProblem) =>
    kind === 'tooLong'
      ? words('poll.tooLong', { max: problem?.at === 'question' ? MAX_POLL_QUESTION : MAX_POLL_OPTION })
      : words(`poll.${kind}`, { count: MIN_POLL_OPTIONS });
  const errorAt = (at: PollProblem['at']) => (problem?.at === at ? said(problem) : undefined);

  if (!isOpen)
    return (
      <UnfinishedNote
        icon={<ChartColumn size={16} aria-hidden />}
        title={words('poll.unfinished')}
        text={filled[0] ?? ''}
        proceed={words('edit.continue')}
        onContinue={() => {
          reopen();
          onOpen();
        }}
        discard={words('failed.discard')}
        onDiscard={() => void discard()}
      />
    );
  return (
    <Dialog title={words('poll.new')} onClose={filled.length === 0 ? () => void discard() : onClose}>
      <form className={styles.form} onSubmit={(event) => void send(event)} noValidate>
        <TextField
          label={words('poll.question')}
          autoComplete="off"
          dir="auto"
          data-poll-field="question"
          value={question}
          error={errorAt('question')}
          onChange={({ target }) => {
            setProblem(undefined);
            change({ ...form, question: target.value });
          }}
        />
        <div role="group" aria-labelledby={id} className={styles.options}>
          <p id={id} className={styles.label}>
            {words('poll.choices')}
          </p>
          {fields.map(({ key, text }, at) => (
            <TextField
              key={key}
              label={words('poll.option', { number: at + 1 })}
              autoComplete="off"
              dir="auto"
              data-poll-field={at}
              value={text}
              error={errorAt(at)}
              onChange={({ target }) =>
                changeFields(fields.map((field) => (field.key === key ? { key, text: target.value } : field)))
              }
              after={
                fields.length > MIN_POLL_OPTIONS && (
                  <IconButton
                    className={styles.remove}
                    label={words('poll.removeOption', { number: at + 1 })}
                    onClick={() => {
                      changeFields(fields.filter((field) => field.key !== key));
                      document.querySelector<HTMLInputElement>(`[data-poll-field="${Math.max(0, at - 1)}"]`)?.focus();
                    }}
                  >
                    <X size={18} aria-hidden />
                  </IconButton>
                )
              }
            />
          ))}
          {fields.length < MAX_POLL_OPTIONS && (
            <Button
              look="link"
              className={styles.add}
              onClick={() => {
                const key = Math.max(...fields.map((field) => field.key)) + 1;
                changeFields([...fields, { key, text: '' }]);
                requestAnimationFrame(() =>
                  document.querySelector<HTMLInputElement>(`[data-poll-field="${fields.length}"]`)?.focus(),
                );
              }}
            >
              {words('poll.addOption')}
            </Button>
          )}
        </div>
        <Checkbox
          label={words('poll.multiple')}
          note={words('poll.multipleNote')}
          checked={isMultiple}
          onChange={(next) => change({ ...form, isMultiple: next })}
        />
        <Checkbox
          label={words('poll.anonymous')}
          note={words('poll.anonymousNote')}
          checked={isAnonymous}
          onChange={(next) => change({ ...form, isAnonymous: next })}
        />
        {maySchedule && <SendTimeField time={time} />}
        {state === 'failed' && (
          <p role="alert" className={styles.failed}>
            {words('poll.notSaved')}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={() => void discard()}>
          <Button type="submit" disabled={state === 'sending'}>
            {words(time.chosen === 'now' ? 'poll.send' : 'scheduled.schedule')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
