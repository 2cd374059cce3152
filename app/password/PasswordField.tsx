import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { TextField, type TextFieldProps } from '#app/ui/TextField.tsx';
import styles from './PasswordField.module.css';

/** A field for a password, with a button that shows what was typed. */
export function PasswordField(props: Omit<TextFieldProps, 'type' | 'after'>) {
  const words = useWords();
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={isShown ? 'text' : 'password'}
      autoCapitalize="none"
      spellCheck={false}
      after={
        <button
          type="button"
          className={styles.reveal}
          aria-label={words(isShown ? 'field.hidePassword' : 'field.showPassword')}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? <EyeOff size={20} aria-hidden /> : <Eye size={20} aria-hidden />}
        </button>
      }
    />
  );
}
