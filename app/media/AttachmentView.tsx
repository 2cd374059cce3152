import { createElement } from 'react';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import { isLocalFile } from '#app/ops/files.ts';
import { useWords } from '#app/i18n/words.ts';
import { DocumentView } from './DocumentView.tsx';
import { PictureView } from './PictureView.tsx';
import { UploadState } from './UploadState.tsx';
import styles from './AttachmentView.module.css';

export interface AttachmentViewProps {
  file: Attachment;
  self: UserId;
  /** Its message is the list's tab stop, so what is in it can be reached by Tab. [A4] */
  isTabStop: boolean;
  onCancel: () => void;
}

/** One file of a message, in its box; while it waits or is being sent, with how far it is. */
export default function AttachmentView({ file, self, isTabStop, onCancel }: AttachmentViewProps) {
  const isLocal = isLocalFile(file.mediaId);
  return (
    <>
      <Content file={file} self={self} isTabStop={isTabStop} isLocal={isLocal} />
      {isLocal && <UploadState id={file.mediaId} isTabStop={isTabStop} onCancel={onCancel} />}
    </>
  );
}

function Content({ file, self, isTabStop, isLocal }: Omit<AttachmentViewProps, 'onCancel'> & { isLocal: boolean }) {
  const words = useWords();
  const address = `${MEDIA_PATH}/${file.mediaId}`;
  const tabIndex = isTabStop ? 0 : -1;
  if (file.kind === 'image') return <PictureView file={file} self={self} tabIndex={tabIndex} />;
  if (isLocal || file.kind === 'document') return <DocumentView file={file} isLocal={isLocal} tabIndex={tabIndex} />;
  const label = words(file.kind === 'video' ? 'media.film' : 'media.sound', { name: file.name });
  const playing = { src: address, 'aria-label': label, controls: true, tabIndex };
  // People's recordings have no captions.
  if (file.kind === 'video') return createElement('video', { ...playing, className: styles.film, preload: 'metadata' });
  return createElement('audio', { ...playing, className: styles.sound, preload: 'none' });
}
