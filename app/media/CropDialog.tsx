import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { useWords } from '#app/i18n/words.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { type Crop, croppedSquare } from './cropped-square.ts';
import styles from './CropDialog.module.css';

interface CropDialogProps {
  picture: ImageBitmap;
  /** Receives the square, without the metadata that a camera stored with the picture. */
  onCropped: (square: Blob) => void;
  onClose: () => void;
}

/** On the screen and in the file, in pixels. */
const SHOWN_PX = 560;
const KEPT_PX = 512;
const MOST_ZOOM = 4;
/** The fraction of the square by which an arrow key moves it. */
const STEP = 0.05;

/** Chooses the part of a picture that is shown as somebody's picture, by dragging or with the arrow keys. */
export default function CropDialog({ picture, onCropped, onClose }: CropDialogProps) {
  const words = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [crop, setCrop] = useState<Crop>({ zoom: 1, x: picture.width / 2, y: picture.height / 2 });
  const square = croppedSquare(picture.width, picture.height, crop);
  useEffect(() => {
    if (canvas.current !== null) draw(picture, square, canvas.current, SHOWN_PX);
  }, [picture, square]);

  const moveBy = (x: number, y: number) => setCrop({ zoom: crop.zoom, x: square.x + x, y: square.y + y });

  function keep() {
    const kept = document.createElement('canvas');
    draw(picture, square, kept, KEPT_PX);
    kept.toBlob((content) => content !== null && onCropped(content), 'image/jpeg', 0.9);
  }

  const stop = (event: React.SyntheticEvent) => event.stopPropagation();
  return createPortal(
    // React's events bubble through portals: a dialog below must not handle these.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only keeps events from others
    <div onClick={stop} onPointerDown={stop} onKeyDown={(event) => takeKey(event, stop)} onSubmit={stop}>
      <Dialog title={words('picture.crop')} onClose={onClose}>
        <canvas
          ref={canvas}
          className={styles.square}
          width={SHOWN_PX}
          height={SHOWN_PX}
          tabIndex={0}
          role="img"
          aria-label={words('picture.move')}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={(event) => {
            if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
            const scale = square.side / event.currentTarget.clientWidth;
            moveBy(-event.movementX * scale, -event.movementY * scale);
          }}
          onKeyDown={(event) =>
            takeKey(event, ({ key }) => {
              const [x, y] = steps[key] ?? [0, 0];
              if (x === 0 && y === 0) return;
              event.preventDefault();
              moveBy(x * STEP * square.side, y * STEP * square.side);
            })
          }
        />
        <p className={styles.help}>{words('picture.move')}</p>
        <label className={styles.zoom}>
          <span>{words('picture.zoom')}</span>
          <input
            type="range"
            min={1}
            max={MOST_ZOOM}
            step={0.05}
            value={crop.zoom}
            onChange={({ target }) => setCrop({ ...crop, zoom: Number(target.value) })}
          />
        </label>
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button onClick={keep}>{words('picture.use')}</Button>
        </DialogActions>
      </Dialog>
    </div>,
    document.body,
  );
}

const steps: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function draw(
  picture: ImageBitmap,
  { left, top, side }: { left: number; top: number; side: number },
  canvas: HTMLCanvasElement,
  size: number,
): void {
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser draws nothing');
  // Transparent parts would be black in the file.
  context.fillStyle = 'white';
  context.fillRect(0, 0, size, size);
  context.drawImage(picture, left, top, side, side, 0, 0, size, size);
}
