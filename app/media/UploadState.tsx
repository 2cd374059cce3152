import { X } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import type { MediaId } from '#protocol/ids.ts';
import { useProgress } from './progress.ts';
import styles from './AttachmentView.module.css';

/** How much of a file is sent, or that it waits, and a button that takes its message back. */
export function UploadState({ id, isTabStop, onCancel }: { id: MediaId; isTabStop: boolean; onCancel: () => void }) {
  const words = useWords();
  const share = useProgress(id);
  const percent = share === undefined ? undefined : Math.floor(share * 100);
  return (
    <div className={styles.upload}>
      <button
        type="button"
        aria-label={words('media.cancel')}
        title={words('media.cancel')}
        tabIndex={isTabStop ? 0 : -1}
        onClick={onCancel}
      >
        <X size={16} aria-hidden />
      </button>
      <span>{percent === undefined ? words('media.waiting') : words('media.sent', { percent })}</span>
      <progress className="unseen" value={percent ?? 0} max={100} aria-label={words('media.progress')} />
    </div>
  );
}
