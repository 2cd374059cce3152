import { useEffect, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import styles from './Shell.module.css';

/** After a press, the browser lets the old worker finish what it is doing, and then every tab reloads. */
export default function UpdateBanner({ onUpdate, onLater }: { onUpdate: () => void; onLater: () => void }) {
  const words = useWords();
  const [isStarting, setStarting] = useState(false);
  // Whoever has asked for an update gets a newer version too, if that one comes meanwhile.
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
