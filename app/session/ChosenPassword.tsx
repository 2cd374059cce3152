import { useRef, useState, type SubmitEvent } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { NewPasswordField } from '#app/password/NewPasswordField.tsx';
import { LinkProblem } from './LinkProblem.tsx';
import { newPasswordError } from './account-input.ts';
import styles from './Account.module.css';

interface ChosenPasswordProps {
  button: string;
  problem: string | undefined;
  isWorking: boolean;
  onChosen: (password: string) => void;
  onAskAgain: () => void;
}

/** A form for a new password. */
export function ChosenPassword({ button, problem, isWorking, onChosen, onAskAgain }: ChosenPasswordProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState<string>();

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const password = fieldText(form.current, 'password');
    const found = newPasswordError(password);
    if (found === undefined) return onChosen(password);
    form.current?.querySelector('input')?.focus();
    return setError(words(found));
  }

  return (
    <form ref={form} className={styles.form} noValidate onSubmit={submit}>
      <NewPasswordField
        label={words('settings.newPassword')}
        name="password"
        className={styles.field}
        error={error}
        onChange={() => setError(undefined)}
      />
      <Button type="submit" wide aria-disabled={isWorking}>
        {button}
      </Button>
      <LinkProblem text={problem} onAskAgain={onAskAgain} />
    </form>
  );
}
