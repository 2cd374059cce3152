import { Search, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { classNames } from './class-names.ts';
import { takeKey } from './keys.ts';
import { FIELD_MAX } from './use-bounded-text.ts';
import shapes from './Shapes.module.css';
import styles from './SearchField.module.css';

interface SearchFieldProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  maxLength?: number;
  /** The name of the button that clears the field, which Escape does too. */
  clearLabel: string;
  /** A shortcut, shown while the field is empty. */
  hint?: string;
  /** Takes the focus when it appears. */
  takesFocus?: boolean;
  /** Receives the keys that the field itself does not use. */
  onKey?: (event: KeyboardEvent) => void;
}

export function SearchField(props: SearchFieldProps) {
  const {
    label,
    placeholder,
    value,
    onChange,
    maxLength = FIELD_MAX,
    clearLabel,
    hint,
    takesFocus = false,
    onKey,
  } = props;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (takesFocus) input.current?.focus();
  }, [takesFocus]);
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || value === '') return onKey?.(event);
    // Escape was used here, and closes nothing else.
    event.preventDefault();
    return onChange('');
  };
  const clear = () => {
    onChange('');
    // The button disappears, and the focus must not be lost with it.
    input.current?.focus();
  };
  return (
    <div className={classNames(shapes.search, styles.search)}>
      <Search size={17} aria-hidden />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        autoComplete="off"
        enterKeyHint="search"
        maxLength={maxLength}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => takeKey(event, keyDown)}
      />
      {hint !== undefined && value === '' && (
        <kbd className={styles.hint} aria-hidden>
          {hint}
        </kbd>
      )}
      {value !== '' && (
        <button type="button" className={styles.clear} aria-label={clearLabel} onClick={clear}>
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}
