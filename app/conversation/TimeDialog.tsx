import { useState, type SubmitEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { TextField } from '#app/ui/TextField.tsx';
import { fieldsOf, furthest, instantOf, type TimeProblem } from './schedule-times.ts';
import styles from './Scheduled.module.css';

interface TimeDialogProps {
  /** What the fields are filled with. */
  at: Date;
  action: string;
  onPick: (at: Date) => void;
  onClose: () => void;
}

/** Asks for a day and a time, by the clock of this device. */
export function TimeDialog({ at, action, onPick, onClose }: TimeDialogProps) {
  const words = useWords();
  const [{ date, time }, setFields] = useState(() => fieldsOf(at));
  const [problem, setProblem] = useState<TimeProblem>();
  const [now] = useState(() => new Date());

  function pick(event: SubmitEvent) {
    event.preventDefault();
    const picked = instantOf(date, time, new Date());
    if (picked instanceof Date) return onPick(picked);
    return setProblem(picked);
  }

  return (
    <Dialog title={words('scheduled.when')} onClose={onClose}>
      <form className={styles.form} onSubmit={pick} noValidate>
        <div className={styles.fields}>
          <TextField
            type="date"
            label={words('scheduled.date')}
            min={fieldsOf(now).date}
            max={fieldsOf(furthest(now)).date}
            value={date}
            onChange={({ target }) => {
              setProblem(undefined);
              setFields({ date: target.value, time });
            }}
          />
          <TextField
            type="time"
            label={words('scheduled.time')}
            value={time}
            onChange={({ target }) => {
              setProblem(undefined);
              setFields({ date, time: target.value });
            }}
          />
        </div>
        {problem !== undefined && (
          <p role="alert" className={styles.wrong}>
            {words(`scheduled.${problem}`)}
          </p>
        )}
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit">{action}</Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
