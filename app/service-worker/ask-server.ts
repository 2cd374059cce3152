import { askOverHttp } from '#app/sync/without-page.ts';
import type { Ask } from '#app/sync/transport.ts';
import { noteServerAhead } from '#app/ui/server-clock.ts';
import type { UserId } from '#protocol/ids.ts';

/** Asks the server for the person, for so long at most. Its answers tell its time, in case the device's clock is wrong. */
export function askServer(userId: UserId, withinMs: number): Ask {
  return askOverHttp(userId, AbortSignal.timeout(withinMs), noteServerAhead);
}
