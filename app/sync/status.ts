/** What the connection is doing, for words on the screen. The union is closed: every phase has its sentence. */
export type ConnectionStatus =
  /** The device says that there is no network. */
  | { phase: 'offline' }
  /** No connection yet, or lost; `nextTryAt` (epoch ms) while waiting between tries. */
  | { phase: 'connecting'; nextTryAt?: number }
  /** Connected; pages are still coming. */
  | { phase: 'catching-up'; streamsDone: number; streamsTotal: number }
  | { phase: 'online' }
  /** The server wants something of the person first: signing in again, or a newer app. Nothing queued is lost. */
  | { phase: 'refused'; code: 'unauthorized' | 'upgrade_required' };

export interface SyncStatus {
  connection: ConnectionStatus;
  /** Epoch ms when this device last held everything the server had; null before the first time. */
  caughtUpAt: number | null;
}
