import {
  ChevronLeft,
  ChevronRight,
  Download,
  Forward,
  MessageSquareText,
  Share2,
  X,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { createPortal } from 'react-dom';
import { useWords } from '#app/i18n/words.ts';
import type { ViewStore } from '#app/local-store/local-store.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { useBackCloses } from '#app/ui/history-layers.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import { MEDIA_PATH } from '#protocol/version.ts';
import type { FilePlace } from './file-place.ts';
import { keepFile } from './keep-file.ts';
import type { OpenedFile } from './opened-file.ts';
import { placeIn } from './seen-files.ts';
import { canShare, shareFile } from './share-file.ts';
import { useSeenFiles } from './use-seen-files.ts';
import { useViewGestures } from './use-view-gestures.ts';
import { ViewedFile } from './ViewedFile.tsx';
import styles from './Viewer.module.css';

interface ViewerProps {
  store: ViewStore;
  opened: OpenedFile;
  onMove: (file: OpenedFile) => void;
  onForward: (place: FilePlace) => void;
  /** Shows the message in its chat. */
  onShow: (place: FilePlace) => void;
  onClose: () => void;
}

/** A picture or film on the whole screen, with those before and after it in its chat. */
export default function Viewer({ store, opened, onMove, onForward, onShow, onClose }: ViewerProps) {
  const words = useWords();
  const notify = useNotice();
  const dialog = useRef<HTMLDialogElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLDivElement>(null);
  const files = useSeenFiles(store, opened);
  const at = placeIn(files, opened);
  const [previous, next] = at === -1 ? [] : [files[at - 1], files[at + 1]];
  const { file } = opened;
  const isPicture = file.kind === 'image';

  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  useBackCloses(onClose);
  const { stream } = opened;
  const self = store.userId;
  useEffect(() => void keepFile({ self, stream, file, isAsked: file.kind === 'image' }), [self, stream, file]);
  const gestures = useViewGestures({
    stage,
    picture,
    onNext: () => move(next),
    onPrevious: () => move(previous),
    onClose,
  });
  function move(to: OpenedFile | undefined): void {
    if (to === undefined) return;
    gestures.reset();
    onMove(to);
  }
  const isCloseUp = gestures.view.scale > 1;

  function keyDown(event: KeyboardEvent): void {
    // React's events bubble through portals: elements below must not handle the dialog's keys.
    event.stopPropagation();
    // A film has keys of its own.
    if (event.target instanceof HTMLVideoElement || event.altKey || event.ctrlKey || event.metaKey) return;
    const act = {
      ArrowLeft: () => move(previous),
      ArrowRight: () => move(next),
      '+': () => gestures.zoomBy(1.5),
      '-': () => gestures.zoomBy(1 / 1.5),
      '0': gestures.reset,
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }

  const name = words(isPicture ? 'media.picture' : 'media.film', { name: file.name });
  const address = `${MEDIA_PATH}/${file.mediaId}`;
  const { x, y, scale } = gestures.view;
  return createPortal(
    <dialog
      ref={dialog}
      className={styles.viewer}
      aria-label={name}
      onClose={onClose}
      onKeyDown={(event) => takeKey(event, keyDown)}
    >
      <div className={styles.bar}>
        <span className={styles.name} dir="auto" translate="no">
          {file.name}
        </span>
        {isPicture && (
          <IconButton label={words(isCloseUp ? 'media.whole' : 'media.closeUp')} onClick={() => gestures.toggle()}>
            {isCloseUp ? <ZoomOut size={21} aria-hidden /> : <ZoomIn size={21} aria-hidden />}
          </IconButton>
        )}
        <a
          className={styles.save}
          href={address}
          download={file.name}
          aria-label={words('media.savePicture')}
          title={words('media.savePicture')}
        >
          <Download size={21} aria-hidden />
        </a>
        {canShare() && (
          <IconButton
            label={words('media.share')}
            onClick={() => void shareFile(file).then((isDone) => isDone || notify(words('media.unshareable')))}
          >
            <Share2 size={21} aria-hidden />
          </IconButton>
        )}
        <IconButton label={words('menu.forward')} onClick={() => onForward(opened)}>
          <Forward size={21} aria-hidden />
        </IconButton>
        <IconButton label={words('media.showInChat')} onClick={() => onShow(opened)}>
          <MessageSquareText size={21} aria-hidden />
        </IconButton>
        <IconButton label={words('media.close')} onClick={onClose}>
          <X size={22} aria-hidden />
        </IconButton>
      </div>
      <div ref={stage} className={styles.stage} {...(isPicture ? gestures.handlers : {})}>
        <div
          ref={picture}
          className={styles.moved}
          data-dragged={gestures.isDragged}
          style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
        >
          <ViewedFile key={file.mediaId} file={file} self={self} />
        </div>
      </div>
      {previous !== undefined && (
        <IconButton className={styles.previous} label={words('media.previous')} onClick={() => move(previous)}>
          <ChevronLeft size={26} aria-hidden />
        </IconButton>
      )}
      {next !== undefined && (
        <IconButton className={styles.next} label={words('media.next')} onClick={() => move(next)}>
          <ChevronRight size={26} aria-hidden />
        </IconButton>
      )}
      <p role="status" className="unseen">
        {name}
      </p>
    </dialog>,
    document.body,
  );
}
