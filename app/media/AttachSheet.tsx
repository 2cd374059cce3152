import { X } from 'lucide-react';
import { useEffect, useId, useMemo, useState } from 'react';
import { createPortal } from 'react-dom';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import type { Client } from '#app/sync/client.ts';
import { Button, IconButton } from '#app/ui/Button.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { FileIcon } from './FileIcon.tsx';
import { prepareFile } from './prepare-file.ts';
import { queueFiles } from './queue-files.ts';
import styles from './AttachSheet.module.css';

interface AttachSheetProps {
  client: Client;
  stream: ConversationId;
  /** Of the chat. */
  name: string;
  files: readonly File[];
  onFiles: (files: readonly File[]) => void;
  onClose: () => void;
}

/** What is about to be sent: it can be taken out, get a caption, and pictures can be sent as they are. */
export default function AttachSheet({ client, stream, name, files, onFiles, onClose }: AttachSheetProps) {
  const words = useWords();
  const [caption, setCaption] = useState('');
  const [asFiles, setAsFiles] = useState(false);
  const [state, setState] = useState<'ready' | 'sending' | 'full' | 'failed'>('ready');
  const original = useId();
  const tooLarge = files.filter(({ size }) => size > limits.file);
  const hasPictures = files.some(({ type }) => type.startsWith('image/'));

  async function send() {
    if (tooLarge.length > 0 || state === 'sending') return;
    setState('sending');
    try {
      const prepared = [];
      for (const file of files) prepared.push(await prepareFile(file, asFiles));
      await queueFiles(client, stream, prepared, caption);
    } catch (error) {
      // The files are still in the sheet.
      return setState(error instanceof StoreRefused && error.why === 'full' ? 'full' : 'failed');
    }
    return onClose();
  }

  // The button that opened it is in the composer's form, and a form cannot hold another one.
  return createPortal(
    <Dialog title={words('files.title', { name })} onClose={onClose}>
      <form
        className={styles.sheet}
        onSubmit={(event) => {
          event.preventDefault();
          // React's events bubble to the composer all the same.
          event.stopPropagation();
          void send();
        }}
      >
        <ul className={styles.files} aria-label={words('files.list')}>
          {files.map((file, at) => (
            <li key={`${at} ${file.name}`} className={styles.file}>
              <Preview file={file} />
              <span className={styles.name} dir="auto" translate="no">
                {file.name}
              </span>
              <span className={styles.size}>{sizeWords(file.size)}</span>
              <IconButton
                label={words('files.remove', { name: file.name })}
                onClick={() => (files.length === 1 ? onClose() : onFiles(files.filter((_, other) => other !== at)))}
              >
                <X size={18} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
        {hasPictures && (
          <div className={styles.choice}>
            <input
              id={original}
              type="checkbox"
              aria-describedby={`${original}-note`}
              checked={asFiles}
              onChange={({ target }) => setAsFiles(target.checked)}
            />
            <span>
              <label htmlFor={original}>{words('files.original')}</label>
              <span id={`${original}-note`} className={styles.note}>
                {words(asFiles ? 'files.originalNote' : 'files.placeNote')}
              </span>
            </span>
          </div>
        )}
        <textarea
          className={styles.caption}
          aria-label={words('files.caption')}
          placeholder={words('files.caption')}
          rows={2}
          maxLength={limits.text}
          dir="auto"
          value={caption}
          onChange={({ target }) => setCaption(target.value)}
        />
        <div role="alert">
          {tooLarge.map((file) => (
            <p key={file.name} className={styles.problem}>
              {words('files.tooLarge', { name: file.name, size: sizeWords(limits.file) })}
            </p>
          ))}
          {state === 'full' && <p className={styles.problem}>{words('files.full')}</p>}
          {state === 'failed' && <p className={styles.problem}>{words('files.unreadable')}</p>}
        </div>
        <DialogActions cancel={words('app.cancel')} onCancel={onClose}>
          <Button type="submit" disabled={tooLarge.length > 0 || state === 'sending'}>
            {words('files.send', { count: files.length })}
          </Button>
        </DialogActions>
      </form>
    </Dialog>,
    document.body,
  );
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
  return <img className={styles.preview} src={address} alt="" />;
}
