import { askOverHttp } from '#app/sync/without-page.ts';
import type { Ask } from '#app/sync/transport.ts';
import { noteServerAhead } from '#app/ui/server-clock.ts';
import type { UserId } from '#protocol/ids.ts';

/** Asks the server in the person's session, and gives up after this time. The answers also correct a wrong clock of the device. */
export function askServer(userId: UserId, withinMs: number): Ask {
  return askOverHttp(userId, AbortSignal.timeout(withinMs), noteServerAhead);
}
