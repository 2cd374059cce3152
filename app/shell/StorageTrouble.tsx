import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { type StorageTroubleKind, storageWords } from './storage-trouble.ts';
import styles from './Shell.module.css';

interface StorageTroubleProps {
  trouble: StorageTroubleKind;
  /** Present if somebody is signed in. */
  onSignOut?: () => void;
}

/** Shown instead of the app. It is needed very rarely, so it is not part of the first load. */
export default function StorageTrouble({ trouble, onSignOut }: StorageTroubleProps) {
  const words = useWords();
  const { title, body } = storageWords(trouble);
  return (
    <main className={styles.alone}>
      <EmptyState title={words(title)} body={words(body)}>
        <div className={styles.choices}>
          <Button onClick={() => location.reload()}>{words('app.retry')}</Button>
          {trouble === 'broken' && onSignOut !== undefined && (
            <Button look="quiet" onClick={onSignOut}>
              {words('signOut.button')}
            </Button>
          )}
        </div>
      </EmptyState>
    </main>
  );
}
