import { useWords } from '#app/i18n/words.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import styles from './Shell.module.css';

export default function UpdateBanner({ onUpdate, onLater }: { onUpdate: () => void; onLater: () => void }) {
  const words = useWords();
  return (
    <div className={styles.update}>
      <Banner title={words('update.title')} body={words('update.body')}>
        <Button look="link" onClick={onLater}>
          {words('update.later')}
        </Button>
        <Button look="link" onClick={onUpdate}>
          {words('update.now')}
        </Button>
      </Banner>
    </div>
  );
}
