import { useWords } from '#app/i18n/words.ts';
import styles from './Account.module.css';

export interface SharedComputerProps {
  isShared: boolean;
  onChange: (isShared: boolean) => void;
}

/** The choice to leave nothing on this computer, shown when signing in with a password. [SEC-54] */
export function SharedComputer({ isShared, onChange }: SharedComputerProps) {
  const words = useWords();
  return (
    <>
      <label className={styles.choice}>
        <input type="checkbox" checked={isShared} onChange={(event) => onChange(event.target.checked)} />
        <span>{words('sharedComputer.choice')}</span>
      </label>
      {isShared && <p className={styles.about}>{words('sharedComputer.about')}</p>}
    </>
  );
}
