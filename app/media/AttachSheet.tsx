import { Paperclip } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { futureTime } from '#app/i18n/instants.ts';
import { sizeWords } from '#app/i18n/size-words.ts';
import { useWords } from '#app/i18n/words.ts';
import { StoreRefused } from '#app/local-store/refused.ts';
import { SendTimeField } from '#app/scheduling/SendTimeField.tsx';
import { useSendTime } from '#app/scheduling/use-send-time.ts';
import type { Client } from '#app/sync/client.ts';
import { Button } from '#app/ui/Button.tsx';
import { Checkbox } from '#app/ui/Checkbox.tsx';
import { Dialog, DialogActions } from '#app/ui/Dialog.tsx';
import { hasFinePointer } from '#app/ui/fine-pointer.ts';
import { isSendingKey } from '#app/ui/sending-key.ts';
import { FIELD_MAX } from '#app/ui/use-bounded-text.ts';
import { takeKey } from '#app/ui/keys.ts';
import { useNotice } from '#app/ui/Notice.tsx';
import { correctedNow } from '#app/ui/server-clock.ts';
import { UnfinishedNote } from '#app/ui/UnfinishedNote.tsx';
import type { ConversationId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { keepsDetails, type PreparedFile, prepareFile } from './prepare-file.ts';
import { queueFiles } from './queue-files.ts';
import { fileToSend, SheetFiles } from './SheetFiles.tsx';
import { useSheet } from './use-sheet.ts';
import styles from './AttachSheet.module.css';

interface AttachSheetProps {
  client: Client;
  stream: ConversationId;
  /** The name of the chat. */
  name: string;
  /** Files that were picked, dropped or pasted since it was opened. */
  offered: readonly File[];
  maySchedule: boolean;
  /** False while the dialog is closed and a note above the composer offers what is in it. */
  isOpen: boolean;
  onOpen: () => void;
  onClose: () => void;
  /** It was sent or discarded. */
  onEnd: () => void;
}

/**
 * The sheet with the files that are about to be sent: they can be reordered, removed and get a caption, and pictures can be
 * edited or sent unchanged. It is kept on the device until it is sent or discarded, and offered above the composer while closed.
 */
export function AttachSheet(props: AttachSheetProps) {
  const { client, stream, name, offered, maySchedule, isOpen, onOpen, onClose, onEnd } = props;
  const words = useWords();
  const { sheet, gone, read, change, end } = useSheet(client.userId, stream, offered);
  const { picked, caption, asFiles, when } = sheet ?? { picked: [], caption: '', asFiles: false };
  const files = picked.map((each) => fileToSend(each, asFiles));
  const [state, setState] = useState<'ready' | 'sending' | 'full' | 'failed'>('ready');
  /** Ids of pictures that could not be cleaned when they were about to be sent. */
  const [uncleaned, setUncleaned] = useState<ReadonlySet<string>>(new Set());
  const time = useSendTime(when, (next) => change({ when: next }));
  const notify = useNotice();
  const tooLarge = files.filter(({ size }) => size > limits.file);
  const over = caption.length - limits.text;
  const canSend = tooLarge.length === 0 && over <= 0 && state !== 'sending';
  const hasPictures = files.some((file) => file.type.startsWith('image/') && !keepsDetails(file));
  const unchanged = picked.filter(
    (each) => keepsDetails(fileToSend(each, asFiles)) || (!asFiles && uncleaned.has(each.id)),
  );
  const isCleaning = picked.some((each) => each.file.type.startsWith('image/') && !unchanged.includes(each));

  // The device has kept nothing, or the last file was removed.
  const isEmpty = sheet?.picked.length === 0;
  const finish = useCallback(() => void end().then(onEnd), [end, onEnd]);
  useEffect(() => (isEmpty ? finish() : undefined), [isEmpty, finish]);

  async function send() {
    if (!canSend) return;
    const at = time.read();
    if (at === undefined) return;
    setState('sending');
    try {
      const readable = await read();
      if (readable === undefined) return setState('ready');
      const prepared: PreparedFile[] = [];
      for (const each of readable) prepared.push(await prepareFile(fileToSend(each, asFiles), asFiles));
      // A person who was told that the location is removed is asked again if it is not. [MD8]
      const unannounced = readable.filter(
        ({ id }, at) => prepared[at]?.keepsDetails === true && unchanged.every((each) => each.id !== id),
      );
      if (!asFiles && unannounced.length > 0) {
        setUncleaned(new Set([...uncleaned, ...unannounced.map(({ id }) => id)]));
        return setState('ready');
      }
      await queueFiles(client, stream, prepared, caption, at === 'now' ? undefined : at);
    } catch (error) {
      // The files are still in the sheet.
      return setState(error instanceof StoreRefused && error.why === 'full' ? 'full' : 'failed');
    }
    if (at !== 'now') notify(words('scheduled.done', { time: futureTime(at, correctedNow()) }));
    return finish();
  }

  if (sheet === undefined || isEmpty) return null;

  if (!isOpen)
    return (
      <UnfinishedNote
        icon={<Paperclip size={16} aria-hidden />}
        title={words('files.unsent')}
        text={picked.map(({ file }) => file.name).join(', ')}
        proceed={words('edit.continue')}
        onContinue={onOpen}
        discard={words('failed.discard')}
        onDiscard={finish}
      />
    );
  return (
    <Dialog title={words('files.title', { name })} onClose={onClose}>
      <form
        className={styles.sheet}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <SheetFiles picked={picked} gone={gone} asFiles={asFiles} onChange={(next) => change({ picked: next })} />
        {hasPictures && (
          <Checkbox
            label={words('files.original')}
            note={asFiles ? words('files.originalNote') : isCleaning ? words('files.placeNote') : undefined}
            checked={asFiles}
            onChange={(next) => change({ asFiles: next })}
          />
        )}
        <div role="status">
          {unchanged.length > 0 && (
            <p className={styles.unchanged}>
              {words('files.unchanged', { names: unchanged.map(({ file }) => file.name).join(', ') })}
            </p>
          )}
        </div>
        <textarea
          className={styles.caption}
          data-takes-focus={hasFinePointer() || undefined}
          aria-label={words('files.caption')}
          placeholder={words('files.caption')}
          rows={2}
          maxLength={FIELD_MAX}
          dir="auto"
          value={caption}
          onChange={({ target }) => change({ caption: target.value })}
          onKeyDown={(event) =>
            takeKey(event, () => {
              if (!isSendingKey(event)) return;
              event.preventDefault();
              void send();
            })
          }
        />
        {maySchedule && <SendTimeField time={time} />}
        <div role="alert">
          {over > 0 && <p className={styles.problem}>{words('composer.over', { count: over })}</p>}
          {tooLarge.map((file) => (
            <p key={file.name} className={styles.problem}>
              {words('files.tooLarge', { name: file.name, size: sizeWords(limits.file) })}
            </p>
          ))}
          {picked.map(
            ({ id, file }) =>
              gone.has(id) && (
                <p key={id} className={styles.problem}>
                  {words('files.gone', { name: file.name })}
                </p>
              ),
          )}
          {state === 'full' && <p className={styles.problem}>{words('files.full')}</p>}
          {state === 'failed' && <p className={styles.problem}>{words('files.unreadable')}</p>}
        </div>
        <DialogActions cancel={words('app.cancel')} onCancel={finish}>
          <Button type="submit" disabled={!canSend}>
            {time.chosen === 'now' ? words('files.send', { count: files.length }) : words('scheduled.schedule')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
