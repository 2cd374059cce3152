import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import shapes from '#app/ui/Shapes.module.css';
import { classNames } from '#app/ui/class-names.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import { FileIcon } from './FileIcon.tsx';
import styles from './AttachmentView.module.css';

/** A file that can be saved, with its name and size. */
export function DocumentView({ file, isLocal, tabIndex }: { file: Attachment; isLocal: boolean; tabIndex: number }) {
  const words = useWords();
  const content = (
    <>
      <FileIcon mime={file.mime} name={file.name} />
      <span className={styles.about}>
        <span className={shapes.oneLine} dir="auto" translate="no">
          {file.name}
        </span>
        <span className={classNames(styles.size, styles.replaced)}>{sizeWords(file.size)}</span>
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
      tabIndex={tabIndex}
    >
      {content}
    </a>
  );
}
