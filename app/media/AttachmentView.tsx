import { useContext, useEffect } from 'react';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { filesOf } from '#app/local-store/files.ts';
import { isLocalFile } from '#app/ops/files.ts';
import { DocumentView } from './DocumentView.tsx';
import type { FilePlace } from './file-place.ts';
import { HeldBack } from './held-back.ts';
import { keepFile } from './keep-file.ts';
import { PictureView } from './PictureView.tsx';
import { SoundView } from './SoundView.tsx';
import { UploadState } from './UploadState.tsx';

export interface AttachmentViewProps {
  file: Attachment;
  /** All files of its message, which are taken back together. */
  ofMessage?: readonly Attachment[];
  self: UserId;
  place: FilePlace;
  /** Its message is the list's tab stop, so its content can be reached by Tab. [A4] */
  isTabStop: boolean;
  /** Takes back its message while it is being sent. Absent if nothing waits. */
  onCancel?: () => Promise<unknown>;
}

/** One file of a message, in its box, with its progress while it waits or is being sent. */
export default function AttachmentView({
  file,
  ofMessage = [file],
  self,
  place,
  isTabStop,
  onCancel,
}: AttachmentViewProps) {
  const isLocal = isLocalFile(file.mediaId);
  // There is no undo, so the space on the device is freed at once.
  async function cancel() {
    await onCancel?.();
    await filesOf(self).remove(ofMessage.map(({ mediaId }) => mediaId).filter(isLocalFile));
  }
  const { stream } = place;
  const isHeldBack = useContext(HeldBack);
  useEffect(() => {
    if (!isHeldBack) void keepFile({ self, stream, file, isAsked: false });
  }, [self, stream, file, isHeldBack]);
  return (
    <>
      <Content file={file} self={self} place={place} isTabStop={isTabStop} isLocal={isLocal} />
      {isLocal && onCancel !== undefined && (
        <UploadState file={file} self={self} isTabStop={isTabStop} onCancel={() => void cancel()} />
      )}
    </>
  );
}

type ContentProps = Omit<AttachmentViewProps, 'onCancel' | 'ofMessage'> & { isLocal: boolean };

function Content({ file, self, place, isTabStop, isLocal }: ContentProps) {
  const tabIndex = isTabStop ? 0 : -1;
  switch (file.kind) {
    case 'image':
    case 'video':
      return <PictureView file={file} self={self} place={place} tabIndex={tabIndex} />;
    case 'voice':
    case 'audio':
      return <SoundView file={file} self={self} place={place} tabIndex={tabIndex} />;
    case 'document':
      return <DocumentView file={file} isLocal={isLocal} tabIndex={tabIndex} />;
  }
}
