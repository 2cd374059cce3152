import { Mic } from 'lucide-react';
import { memo, useEffect, useRef, useState } from 'react';
import { useWords, withAllWords } from '#app/i18n/words.ts';
import { filesOf } from '#app/local-store/files.ts';
import type { Client } from '#app/sync/client.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { lazyExtra } from '#app/ui/lazy-component.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { Hold } from './hold.ts';

const VoiceRecorder = lazyExtra(withAllWords(() => import('./VoiceRecorder.tsx')));

interface RecordButtonProps {
  client: Client;
  stream: ConversationId;
  /** True while there is text in the field: then only an unfinished recording is offered. */
  isShown: boolean;
  /** Tells whether this button has just replaced another one, for which a second tap is meant. */
  isTooSoon: () => boolean;
  /** Returns the focus to the field. */
  onClose: () => void;
}

interface Press {
  at: number;
  x: number;
  y: number;
  release: (hold: Hold) => void;
}

/**
 * Records a voice message: a tap starts a recording that continues, and a long press records while it lasts. An unsent recording
 * of this chat is offered again.
 */
export const RecordButton = memo(function RecordButton(props: RecordButtonProps) {
  const { client, stream, isShown, isTooSoon, onClose } = props;
  const words = useWords();
  const [open, setOpen] = useState<'asked' | 'kept'>();
  const [released, setReleased] = useState<Promise<Hold>>();
  const press = useRef<Press>(undefined);
  const self = client.userId;
  useEffect(() => {
    let isOver = false;
    // If the device cannot read it, the app says so elsewhere.
    const kept = filesOf(self).unsent.recordings.get(stream);
    void kept.then((row) => row !== undefined && !isOver && setOpen((now) => now ?? 'kept')).catch(() => undefined);
    return () => {
      isOver = true;
    };
  }, [self, stream]);
  const end = (hold: Hold) => {
    press.current?.release(hold);
    press.current = undefined;
  };
  return (
    <>
      {isShown && (
        <IconButton
          label={words('voice.record')}
          look="solid"
          style={{ touchAction: 'none' }}
          onPointerDown={(event) => {
            if (event.button !== 0 || isTooSoon()) return;
            // The pointer's end is reported here, although the recorder then covers the button.
            event.currentTarget.setPointerCapture(event.pointerId);
            const { timeStamp: at, clientX: x, clientY: y } = event;
            setReleased(new Promise((release) => (press.current = { at, x, y, release })));
            setOpen('asked');
          }}
          onPointerUp={({ timeStamp, clientX, clientY }) => {
            const { at, x, y } = press.current ?? { at: timeStamp, x: clientX, y: clientY };
            end({ heldMs: timeStamp - at, movedPx: Math.hypot(clientX - x, clientY - y) });
          }}
          onPointerCancel={() => end({ heldMs: 0, movedPx: 0 })}
          onContextMenu={(event) => event.preventDefault()}
          // A press by keyboard or assistive technology.
          onClick={() => isTooSoon() || setOpen('asked')}
        >
          <Mic size={20} aria-hidden />
        </IconButton>
      )}
      {open !== undefined && (
        <VoiceRecorder
          client={client}
          stream={stream}
          isAsked={open === 'asked'}
          released={released}
          onClose={() => {
            setOpen(undefined);
            setReleased(undefined);
            onClose();
          }}
        />
      )}
    </>
  );
});
