import { Paperclip } from 'lucide-react';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Client } from '#app/sync/client.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { lazyComponent } from '#app/ui/lazy-component.ts';
import type { ConversationId } from '#protocol/ids.ts';
import { takeOfferedFiles } from './offered-files.ts';

const AttachSheet = lazyComponent(() => import('./AttachSheet.tsx'));

interface AttachButtonProps {
  client: Client;
  stream: ConversationId;
  name: string;
  /** The field takes the focus back. */
  onClose: () => void;
}

/** Lets somebody pick files, takes those that are dropped or pasted, and opens the sheet from which they are sent. */
export function AttachButton({ client, stream, name, onClose }: AttachButtonProps) {
  const words = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [picked, setPicked] = useState<readonly File[]>([]);
  useEffect(() => takeOfferedFiles((files) => setPicked((before) => [...before, ...files])), []);
  return (
    <>
      <IconButton label={words('files.attach')} onClick={() => input.current?.click()}>
        <Paperclip size={20} aria-hidden />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-hidden
        onChange={({ target }) => {
          setPicked([...(target.files ?? [])]);
          // So that the same file can be picked again.
          target.value = '';
        }}
      />
      {picked.length > 0 && (
        <Suspense fallback={null}>
          <AttachSheet
            client={client}
            stream={stream}
            name={name}
            files={picked}
            onFiles={setPicked}
            onClose={() => {
              setPicked([]);
              onClose();
            }}
          />
        </Suspense>
      )}
    </>
  );
}
