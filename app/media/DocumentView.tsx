import { useId, useState } from 'react';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import shapes from '#app/ui/Shapes.module.css';
import { classNames } from '#app/ui/class-names.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import { FileIcon } from './FileIcon.tsx';
import { isGone } from './is-gone.ts';
import styles from './AttachmentView.module.css';

/** A file that can be saved, with its name and size. Saving is the browser's work; a file that is gone is named here too. */
export function DocumentView({ file, isLocal, tabIndex }: { file: Attachment; isLocal: boolean; tabIndex: number }) {
  const words = useWords();
  const id = useId();
  const [isMissing, setMissing] = useState(false);
  const content = (
    <>
      <FileIcon mime={file.mime} name={file.name} />
      <span className={styles.about}>
        <span className={shapes.oneLine} dir="auto" translate="no">
          {file.name}
        </span>
        {isMissing ? (
          <span key="missing" id={id} role="alert" className={styles.size}>
            {words('media.gone')}
          </span>
        ) : (
          <span key="size" className={classNames(styles.size, styles.replaced)}>
            {sizeWords(file.size)}
          </span>
        )}
      </span>
    </>
  );
  const look = classNames(styles.document, styles.slim);
  if (isLocal) return <div className={look}>{content}</div>;
  const label = words('media.save', { name: file.name, size: sizeWords(file.size) });
  return (
    <a
      className={look}
      href={`${MEDIA_PATH}/${file.mediaId}`}
      download={file.name}
      aria-label={label}
      title={label}
      aria-describedby={isMissing ? id : undefined}
      tabIndex={tabIndex}
      onClick={() => void isGone(file.mediaId).then(setMissing)}
    >
      {content}
    </a>
  );
}
