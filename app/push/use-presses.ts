import { useEffect } from 'react';
import { useLocation } from 'wouter';

/** Opens the chat of a notification that was pressed while the app is open. */
export function useNotificationPresses(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const open = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'OPEN') return;
      if ('path' in data && typeof data.path === 'string') navigate(data.path);
    };
    navigator.serviceWorker?.addEventListener('message', open);
    return () => navigator.serviceWorker?.removeEventListener('message', open);
  }, [navigate]);
}
