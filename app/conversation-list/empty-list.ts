import type { ConnectionStatus } from '#app/sync/status.ts';

/**
 * What an empty list means. It is known that there are no chats only once the device has had everything that the server had;
 * until then chats may still arrive, now or after the next connection.
 */
export function emptyList(
  isNew: boolean,
  shownPhase: ConnectionStatus['phase'],
): 'empty' | 'emptyLoading' | 'emptyOffline' | 'emptyConnecting' {
  if (!isNew) return 'empty';
  if (shownPhase === 'offline') return 'emptyOffline';
  return shownPhase === 'online' || shownPhase === 'catching-up' ? 'emptyLoading' : 'emptyConnecting';
}
