import { X } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { IconButton } from '#app/ui/Button.tsx';
import { ComposerNote } from '#app/ui/ComposerNote.tsx';
import type { Quoted } from './quoted.ts';
import { QuotedText } from './Quote.tsx';

/** The message being replied to, above the composer's field. */
export function ReplyPreview({ quoted, onCancel }: { quoted: Quoted; onCancel: () => void }) {
  const words = useWords();
  return (
    <ComposerNote label={words('chat.replyTo', { name: quoted.who })} lines={<QuotedText quoted={quoted} />}>
      <IconButton label={words('chat.replyCancel')} onClick={onCancel}>
        <X size={18} aria-hidden />
      </IconButton>
    </ComposerNote>
  );
}
