import * as v from 'valibot';

/**
 * What the connection is doing, for words on the screen. The union is closed: every phase has its sentence. It is a
 * schema because the leading tab tells the others, which may run another version.
 */
const ConnectionStatus = v.variant('phase', [
  /** The device says that there is no network. */
  v.object({ phase: v.literal('offline') }),
  /** No connection yet, or lost; `nextTryAt` (epoch ms) while waiting between tries. */
  v.object({ phase: v.literal('connecting'), nextTryAt: v.exactOptional(v.number()) }),
  /** Connected; pages are still coming. */
  v.object({ phase: v.literal('catching-up'), streamsDone: v.number(), streamsTotal: v.number() }),
  v.object({ phase: v.literal('online') }),
  /** The server wants something of the person first: signing in again, or a newer app. Nothing queued is lost. */
  v.object({ phase: v.literal('refused'), code: v.picklist(['unauthorized', 'upgrade_required']) }),
]);
export type ConnectionStatus = v.InferOutput<typeof ConnectionStatus>;

export const SyncStatus = v.object({
  connection: ConnectionStatus,
  /** Epoch ms when this device last held everything the server had; null before the first time. */
  caughtUpAt: v.nullable(v.number()),
});
export type SyncStatus = v.InferOutput<typeof SyncStatus>;
