import { useWords } from '#app/i18n/words.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import type { FilePlace } from './file-place.ts';
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

/** A picture in its message: first the blurred placeholder that came with the message, then the small picture. A press opens it. */
export function PictureView({ file, self, place, tabIndex }: PictureViewProps) {
  const words = useWords();
  const address = usePicture(self, file.mediaId);
  const placeholder = placeholderOf(file.thumbhash);
  const name = words('media.picture', { name: file.name });
  return (
    <button
      type="button"
      className={styles.picture}
      style={placeholder === undefined ? {} : { backgroundImage: `url(${placeholder})` }}
      aria-label={words('media.open', { name: file.name })}
      tabIndex={tabIndex}
      disabled={isLocalFile(file.mediaId)}
      onClick={() => openFile({ ...place, file })}
    >
      {address !== undefined && <img src={address} alt={name} draggable={false} />}
    </button>
  );
}
