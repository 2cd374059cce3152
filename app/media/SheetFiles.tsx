import { ArrowUp, Crop, RotateCw, X } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { PickedFile } from '#app/local-store/files.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import { FileIcon } from './FileIcon.tsx';
import { pickFiles } from './pick-again.ts';
import { isEditable } from './picture-edit.ts';
import { pickedId } from './use-sheet.ts';
import styles from './AttachSheet.module.css';

const PictureEditor = lazyExtra(() => import('./PictureEditor.tsx'));

interface SheetFilesProps {
  picked: readonly PickedFile[];
  /** Ids of files that can no longer be read. */
  gone: ReadonlySet<string>;
  /** The pictures are sent as they were picked. */
  asFiles: boolean;
  onChange: (picked: readonly PickedFile[]) => void;
}

/** The files of the sheet in the order in which they are sent. Each can be moved up or removed, and pictures can be edited. */
export function SheetFiles({ picked, gone, asFiles, onChange }: SheetFilesProps) {
  const words = useWords();
  const [editing, setEditing] = useState<PickedFile>();
  const moveUp = (at: number) => {
    const [above, moved] = picked.slice(at - 1, at + 1);
    if (above !== undefined && moved !== undefined)
      onChange([...picked.slice(0, at - 1), moved, above, ...picked.slice(at + 1)]);
  };
  async function pickAgain(id: string) {
    const [file] = (await pickFiles(false)) ?? [];
    if (file !== undefined) onChange(picked.map((each) => (each.id === id ? { id: pickedId(), file } : each)));
  }
  return (
    <>
      <ul className={styles.files} aria-label={words('files.list')}>
        {picked.map((each, at) => {
          const file = fileToSend(each, asFiles);
          const { name } = file;
          return (
            <li key={each.id} className={styles.file}>
              {isEditable(each.file) && !asFiles ? (
                <button
                  type="button"
                  className={styles.edit}
                  aria-label={words('crop.open', { name })}
                  title={words('crop.open', { name })}
                  onClick={() => setEditing(each)}
                >
                  <Preview file={file} />
                  <Crop size={14} aria-hidden />
                </button>
              ) : (
                <Preview file={file} />
              )}
              <span className={styles.name} dir="auto" translate="no">
                {name}
              </span>
              <span className={styles.size}>{sizeWords(file.size)}</span>
              <span className={styles.actions}>
                {gone.has(each.id) && (
                  <IconButton label={words('files.pickAgain', { name })} onClick={() => void pickAgain(each.id)}>
                    <RotateCw size={18} aria-hidden />
                  </IconButton>
                )}
                {at > 0 && (
                  <IconButton label={words('files.moveUp', { name })} onClick={() => moveUp(at)}>
                    <ArrowUp size={18} aria-hidden />
                  </IconButton>
                )}
                <IconButton
                  label={words('files.remove', { name })}
                  onClick={() => onChange(picked.filter(({ id }) => id !== each.id))}
                >
                  <X size={18} aria-hidden />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ul>
      {editing !== undefined && (
        <PictureEditor
          picked={editing}
          onClose={() => setEditing(undefined)}
          onEdited={(edited) => {
            const { id, file } = editing;
            // A new id, because the content under an id never changes on the device.
            const next = { id: pickedId(), file, ...(edited === undefined ? {} : { edited }) };
            onChange(picked.map((each) => (each.id === id ? next : each)));
            setEditing(undefined);
          }}
        />
      )}
    </>
  );
}

/** What is sent for a picked file: its original if it is sent as a file. */
export function fileToSend({ file, edited }: PickedFile, asFiles: boolean): File {
  return asFiles ? file : (edited?.file ?? file);
}

function Preview({ file }: { file: File }) {
  return file.type.startsWith('image/') ? (
    <PicturePreview file={file} />
  ) : (
    <FileIcon mime={file.type} name={file.name} />
  );
}

function PicturePreview({ file }: { file: File }) {
  const address = useMemo(() => URL.createObjectURL(file), [file]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  const [isShown, setShown] = useState(true);
  if (!isShown) return <FileIcon mime={file.type} name={file.name} />;
  // This browser may not know the kind of picture.
  return <img className={styles.preview} src={address} alt="" onError={() => setShown(false)} />;
}
