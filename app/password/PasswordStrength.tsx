import { useEffect, useState } from 'react';
import { passwordStrength, type Strength } from '#app/http/password-strength.ts';
import { useWords } from '#app/i18n/words.ts';

/** The server is asked once somebody stops typing for this long. */
const PAUSE_MS = 400;

interface PasswordStrengthProps {
  password: string;
  about: () => readonly string[];
  /** Shown until the server has answered, and when it cannot be reached. */
  hint: string;
}

/**
 * How strong the server finds this password. The server judges it, because the list of frequent passwords is large, and it
 * gets the password anyway.
 */
export default function PasswordStrength({ password, about, hint }: PasswordStrengthProps) {
  const words = useWords();
  const [found, setFound] = useState<{ password: string; strength: Strength }>();
  useEffect(() => {
    const asking = new AbortController();
    const timer = setTimeout(() => {
      void passwordStrength(password, about(), asking.signal).then((outcome) => {
        if (outcome.ok && !asking.signal.aborted) setFound({ password, strength: outcome.value.strength });
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
    // `about` is read when the question is asked, and is another function after every keystroke.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [password]);
  // The result for the previous text stays while somebody types, so that the line does not flicker.
  return <span role="status">{found === undefined ? hint : words(`password.${found.strength}`)}</span>;
}
