import { CloudOff, KeyRound, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useWords } from '#app/i18n/words.ts';
import type { Client } from '#app/sync/client.ts';
import { Banner } from '#app/ui/Banner.tsx';
import { Button } from '#app/ui/Button.tsx';
import { REACH_PATH } from '#protocol/version.ts';
import type { ConnectionWords } from './connection-words.ts';

interface ConnectionBannerProps {
  client: Client;
  line: ConnectionWords;
  /** What else can be done. */
  children?: ReactNode;
}

/** The state of the connection, what happens next, and what the person can do about it. */
export function ConnectionBanner({ client, line, children }: ConnectionBannerProps) {
  const words = useWords();
  return (
    <Banner icon={icons[line.kind]} title={line.title} body={line.body} progress={line.progress}>
      {line.kind === 'page' && (
        <a href={REACH_PATH} target="_blank" rel="noreferrer">
          {words('line.openPage')}
        </a>
      )}
      {children}
      {line.kind === 'connecting' && (
        <Button look="link" onClick={() => client.reconnect()}>
          {words('line.tryNow')}
        </Button>
      )}
    </Banner>
  );
}

const icons = {
  offline: <CloudOff size={18} />,
  connecting: <RefreshCw size={18} />,
  page: <KeyRound size={18} />,
  'catching-up': <RefreshCw size={18} />,
  unauthorized: <KeyRound size={18} />,
  upgrade: <RefreshCw size={18} />,
};
