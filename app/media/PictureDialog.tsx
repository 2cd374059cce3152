import { Download, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { takeKey } from '#app/ui/keys.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import styles from './PictureDialog.module.css';

/** A picture on the whole screen. Escape, the button and a press beside the picture close it. */
export function PictureDialog({ file, onClose }: { file: Attachment; onClose: () => void }) {
  const words = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  const address = `${MEDIA_PATH}/${file.mediaId}`;
  return createPortal(
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- <dialog> handles Escape itself
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label={words('media.picture', { name: file.name })}
      onClose={onClose}
      onClick={(event) => {
        if (!(event.target instanceof HTMLImageElement)) onClose();
      }}
      // React's events bubble through portals: the message must not take the dialog's keys and presses for its own.
      onKeyDown={(event) => takeKey(event, (key) => key.stopPropagation())}
      onPointerDown={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onContextMenu={(event) => event.stopPropagation()}
    >
      <div className={styles.bar}>
        <span className={styles.name} dir="auto" translate="no">
          {file.name}
        </span>
        <a
          className={styles.save}
          href={address}
          download={file.name}
          aria-label={words('media.savePicture')}
          title={words('media.savePicture')}
          onClick={(event) => event.stopPropagation()}
        >
          <Download size={22} aria-hidden />
        </a>
        <IconButton label={words('media.close')} onClick={onClose}>
          <X size={22} aria-hidden />
        </IconButton>
      </div>
      <img className={styles.picture} src={address} alt={words('media.picture', { name: file.name })} />
    </dialog>,
    document.body,
  );
}
