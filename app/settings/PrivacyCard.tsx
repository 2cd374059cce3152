import { useCallback, useState } from 'react';
import { changePrivacy, privacy } from '#app/http/privacy.ts';
import type { HttpProblem } from '#app/http/request.ts';
import { accountProblemWords } from '#app/i18n/account-change-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import type { Privacy } from '#protocol/privacy.ts';
import shapes from '#app/ui/Shapes.module.css';
import { useNowAndConnected } from '#app/connection/use-now-and-connected.ts';
import styles from './Settings.module.css';

const SWITCHES = ['readReceipts', 'typing', 'lastSeen'] as const;

/** What the person lets others see. The server enforces it, so it can be changed only while the server can be reached. [PV1] */
export function PrivacyCard() {
  const words = useWords();
  const [chosen, setChosen] = useState<Privacy>();
  const [problem, setProblem] = useState<HttpProblem>();
  const look = useCallback(async () => {
    const answer = await privacy();
    if (answer.ok) setChosen(answer.value);
    setProblem(answer.ok ? undefined : answer.failure);
  }, []);
  useNowAndConnected(look);

  async function change(next: Privacy) {
    const before = chosen;
    setChosen(next);
    const answer = await changePrivacy(next);
    setProblem(answer.ok ? undefined : answer.failure);
    // Unless something else was chosen meanwhile.
    if (!answer.ok) setChosen((shown) => (shown === next ? before : shown));
  }

  return (
    <div className={shapes.card}>
      <h3 className={styles.heading}>{words('privacy.title')}</h3>
      <p className={styles.label}>{words('privacy.note')}</p>
      {chosen !== undefined &&
        SWITCHES.map((each) => (
          <Checkbox
            key={each}
            label={words(`privacy.${each}`)}
            note={words(`privacy.${each}Note`)}
            checked={chosen[each]}
            onChange={(isOn) => void change({ ...chosen, [each]: isOn })}
          />
        ))}
      {problem !== undefined && (
        <p role="alert">
          {problem.kind === 'offline' ? words('privacy.unreachable') : accountProblemWords(problem, words)}
        </p>
      )}
    </div>
  );
}
