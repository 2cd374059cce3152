import { useEffect } from 'react';
import { Monitor } from 'lucide-react';
import { useWords } from '#app/i18n/words.ts';
import type { ListRows } from '#app/shown/list-rows.ts';
import { unsentWords } from '#app/shown/unsent.ts';
import type { Client } from '#app/sync/client.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { useUnfinished } from './use-unfinished.ts';

interface SharedTabProps {
  client: Client;
  /** Undefined while it is read. */
  list: ListRows | undefined;
}

/**
 * On a shared computer, closing or reloading the tab signs out. The browser asks first if that would lose something that is not sent or
 * not finished. [SEC-54]
 */
export default function SharedTab({ client, list }: SharedTabProps) {
  const words = useWords();
  const unfinished = useUnfinished(client);
  const losesWords =
    list !== undefined && unfinished !== undefined && unsentWords({ ...list, ...unfinished }, client.userId).length > 0;
  const mustAsk = losesWords || unfinished?.hasFiles === true || (list !== undefined && list.outbox.length > 0);
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
    if (!mustAsk) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [mustAsk]);
  return (
    <Banner icon={<Monitor size={18} />} title={words('sharedComputer.title')} body={words('sharedComputer.body')} />
  );
}
