import { changeAbout } from '#app/http/own-account.ts';
import { useWords } from '#app/i18n/words.ts';
import { AboutLine, MAX_ABOUT } from '#protocol/about.ts';
import { parse } from '#protocol/shape.ts';
import { OneFieldDialog } from './OneFieldDialog.tsx';

interface AboutDialogProps {
  about: string;
  onDone: (about: string | null) => void;
  onClose: () => void;
}

/** Changes the line about the user, which everybody sees in their profile. [RC6] */
export default function AboutDialog({ about, onDone, onClose }: AboutDialogProps) {
  const words = useWords();
  return (
    <OneFieldDialog
      title={words('about.title')}
      body={words('about.body')}
      label={words('about.title')}
      autoComplete="off"
      initial={about}
      parse={(text) => {
        const next = parse(AboutLine, text);
        return next.ok ? next : { problem: words('about.over', { max: MAX_ABOUT }) };
      }}
      save={changeAbout}
      onDone={onDone}
      onClose={onClose}
    />
  );
}
