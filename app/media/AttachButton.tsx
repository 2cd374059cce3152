import { Camera, ChartColumn, File as FileIcon, Paperclip } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useWords, withLaterWords } from '#app/i18n/words.ts';
import { filesOf } from '#app/local-store/files.ts';
import type { Client } from '#app/sync/client.ts';
import buttons from '#app/ui/Button.module.css';
import { MenuButton } from '#app/ui/MenuButton.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { takeOfferedFiles } from './offered-files.ts';

const AttachSheet = lazyExtra(withLaterWords(() => import('./AttachSheet.tsx')));

interface AttachButtonProps {
  client: Client;
  stream: ConversationId;
  name: string;
  /** False before there is a chat. */
  maySchedule: boolean;
  /** Opens the dialog for a poll instead. */
  onPoll: () => void;
  /** Returns the focus to the field. */
  onClose: () => void;
}

/** On a computer, the browser would only open the file picker again. */
const hasCamera = () => matchMedia('(pointer: coarse)').matches;

/**
 * Lets somebody pick files or take a picture, takes files that are dropped or pasted, and opens the sheet from which they are sent;
 * also the sheet that was open in this chat when the page ended.
 */
export const AttachButton = memo(function AttachButton(props: AttachButtonProps) {
  const { client, stream, name, maySchedule, onPoll, onClose } = props;
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [offered, setOffered] = useState<readonly File[]>([]);
  const [isOpen, setOpen] = useState(false);
  const offer = useCallback((files: readonly File[]) => {
    setOffered((before) => [...before, ...files]);
    setOpen(true);
  }, []);
  useEffect(() => takeOfferedFiles(offer), [offer]);
  const self = client.userId;
  useEffect(() => {
    let isOver = false;
    // If the device cannot read it, the app says so elsewhere.
    const kept = filesOf(self).unsent.sheets.get(stream);
    void kept.then((sheet) => sheet !== undefined && !isOver && setOpen(true)).catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [self, stream]);
  const close = useCallback(() => {
    setOffered([]);
    setOpen(false);
    onClose();
  }, [onClose]);
  const pick = (isCamera: boolean) => {
    if (input.current === null) return;
    input.current.accept = isCamera ? 'image/*' : '';
    // An attribute without a value requests the camera too.
    if (isCamera) input.current.setAttribute('capture', 'environment');
    else input.current.removeAttribute('capture');
    input.current.multiple = !isCamera;
    input.current.click();
  };
  const camera = { label: words('files.camera'), icon: <Camera size={18} aria-hidden />, run: () => pick(true) };
  return (
    <>
      <MenuButton
        label={words('files.attach')}
        className={buttons.icon}
        actions={[
          { label: words('files.file'), icon: <FileIcon size={18} aria-hidden />, run: () => pick(false) },
          ...(hasCamera() ? [camera] : []),
          { label: words('files.poll'), icon: <ChartColumn size={18} aria-hidden />, run: onPoll },
        ]}
      >
        <Paperclip size={20} aria-hidden />
      </MenuButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-hidden
        onChange={({ target }) => {
          if (target.files !== null && target.files.length > 0) offer([...target.files]);
          // So that the same file can be picked again.
          target.value = '';
        }}
      />
      {isOpen && (
        <AttachSheet
          client={client}
          stream={stream}
          name={name}
          offered={offered}
          maySchedule={maySchedule}
          onClose={close}
        />
      )}
    </>
  );
});
