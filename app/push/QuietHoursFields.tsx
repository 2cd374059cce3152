import { useId, useState } from 'react';
import type { QuietHours } from '#protocol/push.ts';
import { usePushWords } from './push-words.ts';
import shapes from '#app/ui/Shapes.module.css';
import styles from './Push.module.css';

type Times = Pick<QuietHours, 'from' | 'to'>;

interface QuietHoursFieldsProps {
  hours: QuietHours;
  onChange: (times: Times) => void;
}

/** Two times of the day. They are reported once a field is left, because each digit changes them. */
export function QuietHoursFields({ hours, onChange }: QuietHoursFieldsProps) {
  const words = usePushWords();
  const id = useId();
  const [times, setTimes] = useState<Times>(hours);
  const isSame = times.from === times.to;
  function leave() {
    // A browser reports an incomplete time as empty.
    if (times.from === '' || times.to === '') setTimes(hours);
    else if (!isSame && (times.from !== hours.from || times.to !== hours.to)) onChange(times);
  }
  return (
    <>
      <div className={styles.times}>
        {(['from', 'to'] as const).map((end) => (
          <div key={end} className={styles.time}>
            <label htmlFor={`${id}-${end}`}>{words(`quiet.${end}`)}</label>
            <input
              id={`${id}-${end}`}
              type="time"
              required
              className={shapes.input}
              value={times[end]}
              aria-invalid={isSame}
              aria-describedby={`${id}-note`}
              onChange={({ target }) => setTimes({ ...times, [end]: target.value })}
              onBlur={leave}
            />
          </div>
        ))}
      </div>
      <p id={`${id}-note`} role={isSame ? 'alert' : undefined} className={styles.state}>
        {isSame ? words('quiet.same') : <span translate="no">{hours.timeZone.replaceAll('_', ' ')}</span>}
      </p>
    </>
  );
}
