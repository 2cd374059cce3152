import type { Ref } from 'react';
import { classNames } from '#app/ui/class-names.ts';
import type { JumpOption } from './jump-options.tsx';
import styles from './JumpDialog.module.css';

interface JumpGroupProps {
  label: string;
  options: readonly JumpOption[];
  active: JumpOption | undefined;
  activeElement: Ref<HTMLDivElement>;
  idOf: (option: JumpOption) => string;
  onPoint: (option: JumpOption) => void;
}

/** The options of one kind under their heading. */
export function JumpGroup({ label, options, active, activeElement, idOf, onPoint }: JumpGroupProps) {
  if (options.length === 0) return null;
  return (
    <div role="group" aria-label={label}>
      <p className={styles.heading} aria-hidden>
        {label}
      </p>
      {options.map((option) => (
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys (ARIA's combobox pattern)
        <div
          key={option.id}
          id={idOf(option)}
          role="option"
          tabIndex={-1}
          aria-selected={option === active}
          className={classNames(styles.option, option === active && styles.active)}
          onClick={option.open}
          ref={option === active ? activeElement : undefined}
          onPointerMove={() => onPoint(option)}
        >
          {option.avatar}
          {option.content}
        </div>
      ))}
    </div>
  );
}
