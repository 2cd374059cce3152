import { useEffect, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import styles from './Shell.module.css';

/** Offers a new version. Once it is accepted, the browser lets the old worker finish what it is doing; then every tab reloads. */
export default function UpdateBanner({ onUpdate, onLater }: { onUpdate: () => void; onLater: () => void }) {
  const words = useWords();
  const [isStarting, setStarting] = useState(false);
  // A newer version that arrives meanwhile is activated too: its `onUpdate` is another function.
  useEffect(() => {
    if (isStarting) onUpdate();
  }, [isStarting, onUpdate]);
  return (
    <div className={styles.update}>
      <Banner title={words('update.title')} body={words(isStarting ? 'update.starting' : 'update.body')}>
        {!isStarting && (
          <Button look="link" onClick={onLater}>
            {words('update.later')}
          </Button>
        )}
        <Button look="link" aria-disabled={isStarting} onClick={() => setStarting(true)}>
          {words('update.now')}
        </Button>
      </Banner>
    </div>
  );
}
