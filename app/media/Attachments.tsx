import { withAllWords } from '#app/i18n/words.ts';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { classNames } from '#app/ui/class-names.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import type { FilePlace } from './file-place.ts';
import { frameSize } from './frame-size.ts';
import styles from './Attachments.module.css';

const AttachmentView = lazyExtra(withAllWords(() => import('./AttachmentView.tsx')));

interface AttachmentsProps {
  files: readonly Attachment[];
  self: UserId;
  place: FilePlace;
  isTabStop: boolean;
  /** Takes the message back while its files are being sent. Absent if nothing is being sent. */
  onCancel: (() => Promise<unknown>) | undefined;
}

const lookOf = { document: styles.document, audio: styles.sound, voice: styles.voice, image: undefined };

/** The files of a message. Their boxes have their size at once; the code for their content is loaded separately. */
export function Attachments({ files, self, place, isTabStop, onCancel }: AttachmentsProps) {
  const pictures = files.filter(({ kind }) => kind === 'image');
  const others = files.filter(({ kind }) => kind !== 'image');
  const frame = (file: Attachment, look: string | undefined, size?: { width: number; height: number }) => (
    <div
      key={file.mediaId}
      className={classNames(styles.frame, look)}
      style={size === undefined ? {} : { inlineSize: `${size.width}px`, aspectRatio: `${size.width} / ${size.height}` }}
    >
      <AttachmentView
        file={file}
        ofMessage={files}
        self={self}
        place={place}
        isTabStop={isTabStop}
        {...(onCancel === undefined ? {} : { onCancel })}
      />
    </div>
  );
  return (
    <div className={styles.files}>
      {pictures.length === 1 && pictures.map((file) => frame(file, undefined, frameSize(file.width, file.height)))}
      {pictures.length > 1 && <div className={styles.grid}>{pictures.map((file) => frame(file, styles.square))}</div>}
      {others.map((file) =>
        file.kind === 'video'
          ? frame(file, undefined, frameSize(file.width, file.height))
          : frame(file, lookOf[file.kind]),
      )}
    </div>
  );
}
