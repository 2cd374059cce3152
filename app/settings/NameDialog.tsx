import { changeName } from '#app/http/own-account.ts';
import { useWords } from '#app/i18n/words.ts';
import { limits } from '#protocol/limits.ts';
import { cleanName, isVisible } from '#protocol/names.ts';
import { OneFieldDialog } from './OneFieldDialog.tsx';

interface NameDialogProps {
  name: string;
  onDone: (name: string) => void;
  onClose: () => void;
}

/** Changes the user's name, which the server copies to all their member records. [RC5] */
export function NameDialog({ name, onDone, onClose }: NameDialogProps) {
  const words = useWords();
  return (
    <OneFieldDialog
      title={words('settings.changeName')}
      label={words('field.name')}
      autoComplete="name"
      initial={name}
      parse={(text) => {
        const next = cleanName(text);
        if (!isVisible(next)) return { problem: words('account.emptyName') };
        if (next.length > limits.name) return { problem: words('account.name', { max: limits.name }) };
        return { value: next };
      }}
      save={changeName}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
