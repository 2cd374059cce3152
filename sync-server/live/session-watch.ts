import type { Accounts } from '#server/auth/accounts.ts';
import { type Log, safeError } from '#server/logging.ts';
import type { OpenSockets } from './open-sockets.ts';

const LOOKED_AT_EVERY_MS = 30_000;

/**
 * The net behind the accounts' events: a session that expired, or was ended by another process, closes its sockets at the
 * next look. [SEC-23]
 */
export function startSessionWatch(
  accounts: Accounts,
  sockets: OpenSockets,
  log: Log,
  everyMs = LOOKED_AT_EVERY_MS,
): { close(): void } {
  const timer = setInterval(() => void look(accounts, sockets, log), everyMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

async function look(accounts: Accounts, sockets: OpenSockets, log: Log): Promise<void> {
  const open = sockets.sessions();
  if (open.length === 0) return;
  try {
    const standing = await accounts.sessions.active(open);
    sockets.endSessions(
      open.filter((id) => !standing.has(id)),
      'expired',
    );
  } catch (error) {
    // A database that doesn't answer ends nobody's session.
    log.warn({ error: safeError(error) }, 'sessions could not be looked at');
  }
}
