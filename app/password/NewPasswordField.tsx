import { Suspense, useState } from 'react';
import { useWords, withAllWords } from '#app/i18n/words.ts';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import { PasswordField } from './PasswordField.tsx';

// Needed only once somebody types a new password, so the first screen doesn't wait for it.
const PasswordStrength = lazyComponent(withAllWords(() => import('./PasswordStrength.tsx')));
const MIN_LENGTH = 8;

interface NewPasswordFieldProps {
  label: string;
  name: string;
  className?: string | undefined;
  error?: string | undefined;
  enterKeyHint?: 'go';
  onChange?: () => void;
  /** Words that guesses would start with: a name or an address, as entered so far. */
  about?: () => readonly string[];
}

/** A field for a new password. Its hint says in words how strong the password is. [SEC-30] */
export function NewPasswordField({ onChange, about = nothing, ...rest }: NewPasswordFieldProps) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const hint = words('field.passwordHint');
  return (
    <PasswordField
      {...rest}
      autoComplete="new-password"
      hint={
        typed.length < MIN_LENGTH ? (
          hint
        ) : (
          <Suspense fallback={hint}>
            <PasswordStrength password={typed} about={about} hint={hint} />
          </Suspense>
        )
      }
      onChange={(event) => {
        setTyped(event.target.value);
        onChange?.();
      }}
    />
  );
}

const nothing = () => [];
