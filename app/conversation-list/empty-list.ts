import type { ConnectionStatus } from '#app/sync/status.ts';

/**
 * What an empty list means. That there are no chats is known only once the device has had everything that the server had;
 * until then the chats are still to come, now or after the next connection.
 */
export function emptyList(
  isNew: boolean,
  shownPhase: ConnectionStatus['phase'],
): 'empty' | 'emptyLoading' | 'emptyOffline' {
  if (!isNew) return 'empty';
  return shownPhase === 'online' || shownPhase === 'catching-up' ? 'emptyLoading' : 'emptyOffline';
}
