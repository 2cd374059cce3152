import { useCallback, useState } from 'react';
import { changePrivacy, privacy } from '#app/http/privacy.ts';
import { useWords } from '#app/i18n/words.ts';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import type { Privacy } from '#protocol/privacy.ts';
import shapes from '#app/ui/Shapes.module.css';
import { useNowAndOnline } from '#app/ui/use-now-and-online.ts';
import styles from './Settings.module.css';

const SWITCHES = ['readReceipts', 'typing', 'lastSeen'] as const;

/** What the person lets others see. The server enforces it, so it can be changed only while the server can be reached. [PV1] */
export function PrivacyCard() {
  const words = useWords();
  const [chosen, setChosen] = useState<Privacy>();
  const [isUnreachable, setUnreachable] = useState(false);
  const look = useCallback(async () => {
    const answer = await privacy();
    if (answer.ok) setChosen(answer.value);
    setUnreachable(!answer.ok);
  }, []);
  useNowAndOnline(look);

  async function change(next: Privacy) {
    const before = chosen;
    setChosen(next);
    const { ok } = await changePrivacy(next);
    setUnreachable(!ok);
    // Unless something else was chosen meanwhile.
    if (!ok) setChosen((shown) => (shown === next ? before : shown));
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
      {isUnreachable && <p role="alert">{words('privacy.unreachable')}</p>}
    </div>
  );
}
