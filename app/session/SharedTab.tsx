import { useEffect } from 'react';
import { Monitor } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import { Banner } from '#app/ui/Banner.tsx';

/** On a shared computer, closing or reloading the tab signs out. If something unsent would be lost, the browser asks first. [SEC-54] */
export default function SharedTab({ hasUnsent }: { hasUnsent: boolean }) {
  const words = useWords();
  useEffect(() => {
    const end = () => {
      // The mark stays, so that the next page ends the session if this request does not arrive.
      const headers = { 'content-type': 'application/json' };
      void fetch('/api/auth/sign-out', { method: 'POST', headers, body: '{}', keepalive: true });
    };
    // A page that the browser kept for Back must not come back.
    const again = ({ persisted }: PageTransitionEvent) => persisted && location.reload();
    addEventListener('pagehide', end);
    addEventListener('pageshow', again);
    return () => {
      removeEventListener('pagehide', end);
      removeEventListener('pageshow', again);
    };
  }, []);
  useEffect(() => {
    if (!hasUnsent) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [hasUnsent]);
  return (
    <Banner icon={<Monitor size={18} />} title={words('sharedComputer.title')} body={words('sharedComputer.body')} />
  );
}
