import { useId } from 'react';
import { clockTime } from '#app/i18n/instants.ts';
import { useWords } from '#app/i18n/words.ts';
import shapes from '#app/ui/Shapes.module.css';
import { classNames } from '#app/ui/class-names.ts';
import { TimeFields } from './TimeFields.tsx';
import type { SendTime } from './use-send-time.ts';
import styles from './Scheduling.module.css';

/** Asks when what a dialog is about is sent. [SM1] */
export function SendTimeField({ time }: { time: SendTime }) {
  const words = useWords();
  const id = useId();
  return (
    <div className={styles.when}>
      <label htmlFor={id}>{words('scheduled.when')}</label>
      <select
        id={id}
        className={classNames(shapes.input, styles.select)}
        value={time.chosen}
        onChange={({ target }) => time.choose(target.value as typeof time.chosen)}
      >
        <option value="now">{words('scheduled.now')}</option>
        {time.offered.map(({ words: key, at }) => (
          <option key={key} value={key}>
            {words(`scheduled.${key}`, { time: clockTime(at) })}
          </option>
        ))}
        <option value="other">{words('scheduled.other')}</option>
      </select>
      {time.chosen === 'other' && <TimeFields value={time.fields} problem={time.problem} onChange={time.fill} />}
    </div>
  );
}
