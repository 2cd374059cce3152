import { Play } from 'lucide-react';
import { useContext } from 'react';
import { useWords } from '#app/i18n/words.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { clock } from './clock.ts';
import type { FilePlace } from './file-place.ts';
import { HeldBack } from './held-back.ts';
import { openFile } from './opened-file.ts';
import { placeholderOf } from './placeholder.ts';
import { usePicture } from './use-picture.ts';
import styles from './AttachmentView.module.css';

interface PictureViewProps {
  file: Attachment;
  self: UserId;
  place: FilePlace;
  tabIndex: number;
}

/** A picture in its message, or a film: first the blurred placeholder that came with the message, then the small picture. A press opens it. */
export function PictureView({ file, self, place, tabIndex }: PictureViewProps) {
  const words = useWords();
  const isFilm = file.kind === 'video';
  const isHeldBack = useContext(HeldBack);
  // A film without a placeholder has no small picture either.
  const hasPicture = !isHeldBack && !(isFilm && file.thumbhash === undefined);
  const address = usePicture(self, hasPicture ? file.mediaId : undefined);
  const placeholder = placeholderOf(file.thumbhash);
  const name = words(isFilm ? 'media.film' : 'media.picture', { name: file.name });
  return (
    <button
      type="button"
      className={styles.picture}
      style={placeholder === undefined ? {} : { backgroundImage: `url(${placeholder})` }}
      aria-label={words(isFilm ? 'media.openFilm' : 'media.open', { name: file.name })}
      tabIndex={tabIndex}
      disabled={isLocalFile(file.mediaId)}
      onClick={() => openFile({ ...place, file })}
    >
      {address !== undefined && <img src={address} alt={name} draggable={false} />}
      {isFilm && (
        <span className={styles.film}>
          <Play size={24} aria-hidden />
        </span>
      )}
      {isFilm && file.durationMs !== undefined && <span className={styles.length}>{clock(file.durationMs)}</span>}
    </button>
  );
}
