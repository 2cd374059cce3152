import * as v from 'valibot';
import { Obstacle } from './obstacle.ts';

export type { Obstacle } from './obstacle.ts';

/**
 * What the connection is doing, for texts on the screen. The union is closed: every phase has its text. It is a schema
 * because the leading tab sends it to the others, which may run another version.
 */
const ConnectionStatus = v.variant('phase', [
  /** The device reports that it has no network. */
  v.object({ phase: v.literal('offline') }),
  /**
   * Not connected yet, or disconnected; `nextTryAt` (ms since 1970) is set while it waits between tries, `obstacle` if something
   * answered in the server's place.
   */
  v.object({
    phase: v.literal('connecting'),
    nextTryAt: v.exactOptional(v.number()),
    obstacle: v.exactOptional(Obstacle),
  }),
  /** Connected, but still pulling. */
  v.object({ phase: v.literal('catching-up'), streamsDone: v.number(), streamsTotal: v.number() }),
  v.object({ phase: v.literal('online') }),
  /** The person must act first: sign in again, or update the app. Nothing queued is lost. */
  v.object({ phase: v.literal('refused'), code: v.picklist(['unauthorized', 'upgrade_required']) }),
]);
export type ConnectionStatus = v.InferOutput<typeof ConnectionStatus>;

export const SyncStatus = v.object({
  connection: ConnectionStatus,
  /** When this device last had everything that the server had, in ms since 1970; null before the first time. */
  caughtUpAt: v.nullable(v.number()),
  /** How far the server's clock is ahead of the device's, which is wrong then; absent if they agree or it is not known. */
  serverAheadMs: v.exactOptional(v.number()),
});
export type SyncStatus = v.InferOutput<typeof SyncStatus>;
