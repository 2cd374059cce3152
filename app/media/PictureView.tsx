import { useState } from 'react';
import { thumbHashToDataURL } from 'thumbhash';
import { useWords } from '#app/i18n/words.ts';
import { isLocalFile } from '#app/ops/files.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { usePicture } from './use-picture.ts';
import { PictureDialog } from './PictureDialog.tsx';
import styles from './AttachmentView.module.css';

/** A picture in its message: first the blurred placeholder that came with the message, then the small picture. A press opens it. */
export function PictureView({ file, self, tabIndex }: { file: Attachment; self: UserId; tabIndex: number }) {
  const words = useWords();
  const address = usePicture(self, file.mediaId);
  const [isOpen, setOpen] = useState(false);
  const placeholder = placeholderOf(file.thumbhash);
  const name = words('media.picture', { name: file.name });
  return (
    <>
      <button
        type="button"
        className={styles.picture}
        style={placeholder === undefined ? {} : { backgroundImage: `url(${placeholder})` }}
        aria-label={words('media.open', { name: file.name })}
        tabIndex={tabIndex}
        disabled={isLocalFile(file.mediaId)}
        onClick={() => setOpen(true)}
      >
        {address !== undefined && <img src={address} alt={name} draggable={false} />}
      </button>
      {isOpen && <PictureDialog file={file} onClose={() => setOpen(false)} />}
    </>
  );
}

/** Undefined also for one that is broken. */
function placeholderOf(thumbhash: string | undefined): string | undefined {
  if (thumbhash === undefined) return undefined;
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (sign) => sign.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
