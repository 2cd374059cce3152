import { classNames } from './class-names.ts';
import styles from './Chips.module.css';

interface ChipsProps<T extends string> {
  label: string;
  options: { value: T; label: string }[];
  chosen: T;
  onChoose: (value: T) => void;
}

/** A choice of one option out of a few, as a group of toggle buttons. */
export function Chips<T extends string>({ label, options, chosen, onChoose }: ChipsProps<T>) {
  return (
    <div role="group" aria-label={label} className={styles.chips}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === chosen}
          className={classNames(styles.chip, option.value === chosen && styles.chosen)}
          onClick={() => onChoose(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
