import { RotateCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { ReactCrop, type ReactCropProps } from 'react-image-crop';
import 'react-image-crop/dist/ReactCrop.css';
import { useWords } from '#app/i18n/words.ts';
import type { PickedFile } from '#app/local-store/files.ts';
import { Button } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { takeKey } from '#app/ui/keys.ts';
import { type Edit, drawTurned, editedFile, isUnchanged, noEdit, turnedRight } from './picture-edit.ts';
import styles from './PictureEditor.module.css';

interface PictureEditorProps {
  picked: PickedFile;
  /** Undefined if the picture is sent as a whole and not rotated. */
  onEdited: (edited: PickedFile['edited']) => void;
  onClose: () => void;
}

const SHOWN_PIXELS = 1_000_000;
/** The smallest size on the screen, so that the edges can be told apart. */
const LEAST_PX = 24;

/** Chooses the part of a picture that is sent, and its rotation. */
export default function PictureEditor({ picked: { file, edited }, onEdited, onClose }: PictureEditorProps) {
  const words = useWords();
  const [picture, setPicture] = useState<ImageBitmap>();
  const [hasFailed, setFailed] = useState(false);
  const [edit, setEdit] = useState<Edit>(edited ?? noEdit);
  const { turns, area } = edit;

  useEffect(() => {
    let isOver = false;
    let made: ImageBitmap | undefined;
    createImageBitmap(file).then(
      (bitmap) => {
        made = bitmap;
        if (isOver) bitmap.close();
        else setPicture(bitmap);
      },
      () => setFailed(true),
    );
    return () => {
      isOver = true;
      made?.close();
    };
  }, [file]);

  async function keep(): Promise<void> {
    if (picture === undefined) return;
    try {
      onEdited(isUnchanged(edit) ? undefined : { file: await editedFile(picture, file, edit), turns, area });
    } catch {
      setFailed(true);
    }
  }

  const stop = (event: React.SyntheticEvent) => event.stopPropagation();
  return createPortal(
    // React's events bubble through portals: the sheet below must not handle these.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only keeps events from others
    <div onClick={stop} onPointerDown={stop} onKeyDown={(event) => takeKey(event, stop)} onSubmit={stop}>
      <Dialog title={words('crop.title')} onClose={onClose}>
        <div className={styles.stage}>
          {picture !== undefined && (
            <ReactCrop
              crop={{ unit: '%', ...area }}
              keepSelection
              minWidth={LEAST_PX}
              minHeight={LEAST_PX}
              ariaLabels={labels(words('crop.area'), (side) => words(`crop.${side}`))}
              onChange={(_pixels, { x, y, width, height }) => setEdit({ turns, area: { x, y, width, height } })}
            >
              <Turned picture={picture} turns={turns} />
            </ReactCrop>
          )}
        </div>
        {hasFailed && (
          <p role="alert" className={styles.problem}>
            {words('picture.unreadable')}
          </p>
        )}
        <p className={styles.help}>{words('crop.help')}</p>
        <div className={styles.tools}>
          <Button look="quiet" disabled={picture === undefined} onClick={() => setEdit(turnedRight(edit))}>
            <RotateCw size={18} aria-hidden />
            <span>{words('crop.turn')}</span>
          </Button>
          <Button look="quiet" disabled={isUnchanged(edit)} onClick={() => setEdit(noEdit)}>
            {words('crop.reset')}
          </Button>
        </div>
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button disabled={picture === undefined} onClick={() => void keep()}>
            {words('picture.use')}
          </Button>
        </DialogActions>
      </Dialog>
    </div>,
    document.body,
  );
}

function Turned({ picture, turns }: { picture: ImageBitmap; turns: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const drawn = drawTurned(picture, turns, SHOWN_PIXELS);
    canvas.current.width = drawn.width;
    canvas.current.height = drawn.height;
    canvas.current.getContext('2d')?.drawImage(drawn, 0, 0);
  }, [picture, turns]);
  return <canvas ref={canvas} className={styles.picture} />;
}

type Side = 'top' | 'right' | 'bottom' | 'left';

function labels(cropArea: string, side: (of: Side) => string): NonNullable<ReactCropProps['ariaLabels']> {
  const [top, right, bottom, left] = [side('top'), side('right'), side('bottom'), side('left')];
  return {
    cropArea,
    nwDragHandle: `${top}, ${left}`,
    nDragHandle: top,
    neDragHandle: `${top}, ${right}`,
    eDragHandle: right,
    seDragHandle: `${bottom}, ${right}`,
    sDragHandle: bottom,
    swDragHandle: `${bottom}, ${left}`,
    wDragHandle: left,
  };
}
