import { Camera, ChartColumn, File as FileIcon, Paperclip } from 'lucide-react';
import { memo, useRef } from 'react';
import { useWords } from '#app/i18n/words.ts';
import buttons from '#app/ui/Button.module.css';
import { MenuButton } from '#app/ui/MenuButton.tsx';

interface AttachButtonProps {
  onFiles: (files: readonly File[]) => void;
  /** Opens the dialog for a poll instead. */
  onPoll: () => void;
}

/** On a computer, the browser would only open the file picker again. */
const hasCamera = () => matchMedia('(pointer: coarse)').matches;

/** Lets somebody pick files or take a picture. */
export const AttachButton = memo(function AttachButton({ onFiles, onPoll }: AttachButtonProps) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
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
          if (target.files !== null && target.files.length > 0) onFiles([...target.files]);
          // So that the same file can be picked again.
          target.value = '';
        }}
      />
    </>
  );
});
