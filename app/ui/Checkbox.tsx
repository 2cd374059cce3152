import { useId } from 'react';
import styles from './Checkbox.module.css';

interface CheckboxProps {
  label: string;
  note?: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A choice that is on or off, with a note that says what it means. */
export function Checkbox({ label, note, checked, onChange }: CheckboxProps) {
  const id = useId();
  return (
    <div className={styles.choice}>
      <input
        id={id}
        type="checkbox"
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span className={styles.words}>
        <label htmlFor={id}>{label}</label>
        {note !== undefined && (
          <span id={`${id}-note`} className={styles.note}>
            {note}
          </span>
        )}
      </span>
    </div>
  );
}
