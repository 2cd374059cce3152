import type { StoreFailure } from '#app/local-store/opened.ts';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { EmptyState } from '#app/ui/EmptyState.tsx';
import { storageWords } from './storage-trouble.ts';
import styles from './Shell.module.css';

interface StorageTroubleProps {
  failure: StoreFailure;
  /** Given where there is somebody to sign out. */
  onSignOut?: () => void;
}

export function StorageTrouble({ failure, onSignOut }: StorageTroubleProps) {
  const words = useWords();
  const { title, body } = storageWords(failure);
  return (
    <main className={styles.alone}>
      <EmptyState title={words(title)} body={words(body)}>
        <div className={styles.ways}>
          <Button onClick={() => location.reload()}>{words('app.retry')}</Button>
          {failure === 'broken' && onSignOut !== undefined && (
            <Button look="quiet" onClick={onSignOut}>
              {words('signOut.button')}
            </Button>
          )}
        </div>
      </EmptyState>
    </main>
  );
}
