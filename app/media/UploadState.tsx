import { Pause, Play, RotateCw, X } from 'lucide-react';
import { filesOf } from '#app/local-store/files.ts';
import { secondsWords } from '#app/i18n/seconds-words.ts';
import { sizeWords } from '#app/i18n/size-words.ts';
import { type Words, useWords } from '#app/i18n/words.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { announceQueued } from './offered-files.ts';
import type { Progress } from './pace.ts';
import { useProgress } from './progress.ts';
import { RESUMABLE_BYTES } from './resumable-size.ts';
import { usePaused } from './use-paused.ts';
import styles from './AttachmentView.module.css';

interface UploadStateProps {
  file: Pick<Attachment, 'mediaId' | 'size'>;
  self: UserId;
  isTabStop: boolean;
  onCancel: () => void;
}

/**
 * How much of a file is sent, the rate and the remaining time, whether the server has yet to answer, or why the file waits. Its
 * message can be taken back; a large file can be paused, and one that waits after a fault can be sent at once.
 */
export function UploadState({ file: { mediaId, size }, self, isTabStop, onCancel }: UploadStateProps) {
  const words = useWords();
  const notify = useNotice();
  const progress = useProgress(mediaId);
  const isPaused = usePaused(self).has(mediaId);
  const isSending = typeof progress === 'object' && !isPaused;
  const isHandedOver = isSending && progress.share >= 1;
  const percent = isSending ? Math.floor(progress.share * 100) : 0;
  const button = (label: string, icon: React.ReactNode, act: () => void, look?: string) => (
    <button type="button" className={look} aria-label={label} title={label} tabIndex={isTabStop ? 0 : -1} onClick={act}>
      {icon}
    </button>
  );
  function pause() {
    void filesOf(self).noteSending({ id: mediaId, isPaused: !isPaused });
    if (!isPaused) notify(words('media.pausedNote'));
  }
  return (
    <div className={styles.upload}>
      {button(words('media.cancel'), <X size={16} aria-hidden />, onCancel)}
      {(size > RESUMABLE_BYTES || isPaused) &&
        button(
          words(isPaused ? 'media.continueSending' : 'media.pauseSending'),
          isPaused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />,
          pause,
        )}
      {(progress === 'failed' || progress === 'full') &&
        !isPaused &&
        button(words('media.sendNow'), <RotateCw size={16} aria-hidden />, announceQueued, styles.sendNow)}
      <span className={styles.state}>
        <State words={words} progress={progress} isPaused={isPaused} />
      </span>
      {/* Without a value while the progress is unknown. */}
      <progress
        className="unseen"
        {...(isHandedOver ? {} : { value: percent })}
        max={100}
        aria-label={words('media.progress')}
      />
    </div>
  );
}

function State({
  words,
  progress,
  isPaused,
}: {
  words: Words;
  progress: Progress | 'full' | 'failed' | undefined;
  isPaused: boolean;
}) {
  if (isPaused) return <span>{words('media.paused')}</span>;
  if (progress === 'full') return <span>{words('media.serverFull')}</span>;
  if (progress === undefined || progress === 'failed') return <span>{words('media.waiting')}</span>;
  const { share, bytesPerS, leftS } = progress;
  // The browser has accepted all of it; how much the server has received is not known before its answer.
  if (share >= 1) return <span>{words('media.sending')}</span>;
  return (
    <>
      {leftS !== undefined && <span>{secondsWords(leftS)}</span>}
      {bytesPerS !== undefined && (
        <span className={styles.rate}>{words('media.perSecond', { size: sizeWords(bytesPerS) })}</span>
      )}
      <span>{words('media.sent', { percent: Math.floor(share * 100) })}</span>
    </>
  );
}
