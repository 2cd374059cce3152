import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { TextField } from '#app/ui/TextField.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import { fieldsOf, furthest, type DayAndTime, type TimeProblem } from './schedule-times.ts';
import styles from './Scheduling.module.css';

interface TimeFieldsProps {
  value: DayAndTime;
  problem: TimeProblem | undefined;
  onChange: (value: DayAndTime) => void;
}

/** A day and a time, by the clock of this device. */
export function TimeFields({ value: { date, time }, problem, onChange }: TimeFieldsProps) {
  const words = useWords();
  const [now] = useState(correctedNow);
  return (
    <>
      <div className={styles.fields}>
        <TextField
          type="date"
          label={words('scheduled.date')}
          min={fieldsOf(now).date}
          max={fieldsOf(furthest(now)).date}
          value={date}
          onChange={({ target }) => onChange({ date: target.value, time })}
        />
        <TextField
          type="time"
          label={words('scheduled.time')}
          value={time}
          onChange={({ target }) => onChange({ date, time: target.value })}
        />
      </div>
      {problem !== undefined && (
        <p role="alert" className={styles.wrong}>
          {words(`scheduled.${problem}`)}
        </p>
      )}
    </>
  );
}
