import { useEffect, useState } from 'react';
import type { ConnectionStatus } from '#app/sync/status.ts';
import { useAppSelector } from './store.ts';

/** How long a phase lasts before words appear for it: a hand-shake of half a second is no news. */
const SHOWN_AFTER_MS: Partial<Record<ConnectionStatus['phase'], number>> = { connecting: 2_000, 'catching-up': 600 };

/** The connection as the screen tells it: passing phases are not told. */
export function useShownConnection(): ConnectionStatus {
  const connection = useAppSelector((state) => state.connection.connection);
  const { phase } = connection;
  const [shown, setShown] = useState<ConnectionStatus['phase']>('online');
  useEffect(() => {
    const delay = SHOWN_AFTER_MS[phase] ?? 0;
    const timer = setTimeout(() => setShown(phase), delay);
    return () => clearTimeout(timer);
  }, [phase]);
  if (shown === phase) return connection;
  return shown === 'offline' ? { phase: 'offline' } : { phase: 'online' };
}
