import { Pencil } from 'lucide-react';
import { previewOf } from '#app/i18n/message-text-words.ts';
import { useWords } from '#app/i18n/words.ts';
import type { EditUnderWay } from '#app/local-store/local-store.ts';
import { UnfinishedNote } from '#app/ui/UnfinishedNote.tsx';

interface UnfinishedEditProps {
  edit: EditUnderWay;
  onContinue: () => void;
  onDiscard: () => void;
}

/** An edit whose dialog or page was closed; its text is kept here. */
export default function UnfinishedEdit({ edit, onContinue, onDiscard }: UnfinishedEditProps) {
  const words = useWords();
  return (
    <UnfinishedNote
      icon={<Pencil size={16} aria-hidden />}
      title={words('edit.unfinished')}
      text={previewOf(edit.text)}
      proceed={words('edit.continue')}
      onContinue={onContinue}
      discard={words('failed.discard')}
      onDiscard={onDiscard}
    />
  );
}
