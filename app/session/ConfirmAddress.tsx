import { useRef, useState } from 'react';
import { confirmAddress, type Proof } from '#app/http/ways-in.ts';
import { useWords, type MessageKey } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { fieldText } from '#app/ui/field-text.ts';
import { PasswordField } from '#app/password/PasswordField.tsx';
import { ChosenPassword } from './ChosenPassword.tsx';
import { LinkProblem } from './LinkProblem.tsx';
import { SessionPage } from './SessionPage.tsx';
import { useLinkRequest } from './use-link-request.ts';
import styles from './Account.module.css';

const steps: Record<string, MessageKey> = {
  verified: 'verify.verified',
  'change-confirmed': 'verify.confirmed',
  changed: 'verify.changed',
};

/** What is still required from somebody whose browser has no session of the account. [SEC-31] */
type Asked = 'nothing' | 'password' | 'password or a new one' | 'a new one';

interface ConfirmAddressProps {
  token: string;
  onDone: (done: MessageKey) => void;
  onAskAgain: () => void;
}

export function ConfirmAddress({ token, onDone, onAskAgain }: ConfirmAddressProps) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [asked, setAsked] = useState<Asked>('nothing');
  const { problem, isWorking, run, clear } = useLinkRequest();
  const ask = (what: Asked) => {
    setAsked(what);
    clear();
  };
  const confirm = (proof?: Proof) =>
    run(async () => {
      const outcome = await confirmAddress(token, proof);
      if (outcome.ok) {
        onDone(steps[outcome.value.step] ?? 'verify.verified');
        return undefined;
      }
      const { failure } = outcome;
      const more = failure.kind === 'refused' ? proofs[failure.code ?? ''] : undefined;
      if (more === undefined || proof !== undefined) return outcome;
      setAsked(more);
      return undefined;
    });
  const title = words('verify.title');
  if (asked === 'nothing')
    return (
      <SessionPage key={asked} title={title} body={words('verify.body')}>
        <div className={styles.form}>
          <Button wide aria-disabled={isWorking} onClick={() => confirm()}>
            {words('verify.button')}
          </Button>
          <LinkProblem text={problem} onAskAgain={onAskAgain} />
        </div>
      </SessionPage>
    );
  if (asked === 'a new one')
    return (
      <SessionPage key={asked} title={title} body={words('verify.claim')}>
        <ChosenPassword
          button={words('reset.button')}
          problem={problem}
          isWorking={isWorking}
          onChosen={(newPassword) => confirm({ newPassword })}
          onAskAgain={onAskAgain}
        />
      </SessionPage>
    );
  return (
    <SessionPage key={asked} title={title} body={words('verify.prove')}>
      <form
        ref={form}
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const password = fieldText(form.current, 'password');
          if (password === '') form.current?.querySelector('input')?.focus();
          else confirm({ password });
        }}
      >
        <PasswordField
          label={words('field.password')}
          name="password"
          autoComplete="current-password"
          className={styles.field}
          onChange={clear}
        />
        <Button type="submit" wide aria-disabled={isWorking}>
          {words('verify.button')}
        </Button>
        <LinkProblem text={problem} onAskAgain={onAskAgain} />
        {asked === 'password or a new one' && (
          <Button look="link" onClick={() => ask('a new one')}>
            {words('verify.unknown')}
          </Button>
        )}
      </form>
    </SessionPage>
  );
}

const proofs: Record<string, Asked> = { PROOF_REQUIRED: 'password or a new one', PASSWORD_REQUIRED: 'password' };
