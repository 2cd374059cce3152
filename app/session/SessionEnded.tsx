import { KeyRound } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';

/** Tells people on a phone, where the list and its connection line are hidden, that the session has ended. It is not modal. */
export function SessionEnded({ onSignIn }: { onSignIn: () => void }) {
  const words = useWords();
  return (
    <Banner icon={<KeyRound size={18} />} title={words('line.unauthorized')} body={words('line.unauthorizedBody')}>
      <Button look="link" onClick={onSignIn}>
        {words('signIn.button')}
      </Button>
    </Banner>
  );
}
