import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import styles from './Account.module.css';

interface LinkProblemProps {
  text: string | undefined;
  /** Goes to where a new link can be asked for. */
  onAskAgain: () => void;
}

/** Says why the link of an email did nothing, and if it no longer works, leads to a new one. */
export function LinkProblem({ text, onAskAgain }: LinkProblemProps) {
  const words = useWords();
  return (
    <>
      <div role="alert" className={styles.notice}>
        {text !== undefined && <p className={styles.problem}>{text}</p>}
      </div>
      {text === words('link.invalid') && (
        <Button wide look="quiet" onClick={onAskAgain}>
          {words('link.another')}
        </Button>
      )}
    </>
  );
}
