import { createElement, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import { placeholderOf } from './placeholder.ts';
import { usePicture } from './use-picture.ts';
import styles from './Viewer.module.css';

/** The whole file in a frame of its size, which shows the small picture, or its placeholder, until the file has loaded. */
export function ViewedFile({ file, self }: { file: Attachment; self: UserId }) {
  const words = useWords();
  const small = usePicture(self, file.kind === 'video' && file.thumbhash === undefined ? undefined : file.mediaId);
  const [isMissing, setMissing] = useState(false);
  const address = `${MEDIA_PATH}/${file.mediaId}`;
  const { width = 1_280, height = 720 } = file;
  const before = small ?? placeholderOf(file.thumbhash);
  const frame = {
    '--width': `${width}px`,
    '--ratio': String(width / Math.max(1, height)),
    ...(before === undefined ? {} : { backgroundImage: `url(${before})` }),
  };
  const label = words(file.kind === 'image' ? 'media.picture' : 'media.film', { name: file.name });
  // People's films have no captions.
  const shown =
    file.kind === 'image'
      ? createElement('img', { src: address, alt: label, draggable: false, hidden: isMissing, onError })
      : createElement('video', {
          src: address,
          'aria-label': label,
          controls: true,
          autoPlay: true,
          playsInline: true,
          poster: before,
          onError,
        });
  return (
    <>
      <div
        className={styles.frame}
        style={frame}
        role={isMissing && small !== undefined ? 'img' : undefined}
        aria-label={isMissing ? label : undefined}
      >
        {shown}
      </div>
      {isMissing && (
        <p role="alert" className={styles.missing}>
          {words(missingWord(file.kind === 'image', small !== undefined))}
        </p>
      )}
    </>
  );

  function onError(): void {
    setMissing(true);
  }
}

function missingWord(isPicture: boolean, hasSmall: boolean) {
  if (!isPicture) return 'media.unplayable';
  return hasSmall ? 'media.onlySmall' : 'media.unshown';
}
