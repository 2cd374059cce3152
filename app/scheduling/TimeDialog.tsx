import { useState, type SubmitEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import { fieldsOf, instantOf, type TimeProblem } from './schedule-times.ts';
import { TimeFields } from './TimeFields.tsx';
import styles from './Scheduling.module.css';

interface TimeDialogProps {
  /** The initial value of the fields. */
  at: Date;
  action: string;
  onPick: (at: Date) => void;
  onClose: () => void;
}

/** Asks for a day and a time. */
export function TimeDialog({ at, action, onPick, onClose }: TimeDialogProps) {
  const words = useWords();
  const [fields, setFields] = useState(() => fieldsOf(at));
  const [problem, setProblem] = useState<TimeProblem>();

  function pick(event: SubmitEvent) {
    event.preventDefault();
    const picked = instantOf(fields.date, fields.time, correctedNow());
    if (picked instanceof Date) return onPick(picked);
    return setProblem(picked);
  }

  return (
    <Dialog title={words('scheduled.when')} onClose={onClose}>
      <form className={styles.form} onSubmit={pick} noValidate>
        <TimeFields
          value={fields}
          problem={problem}
          onChange={(next) => {
            setProblem(undefined);
            setFields(next);
          }}
        />
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit">{action}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
