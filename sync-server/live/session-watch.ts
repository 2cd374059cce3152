import type { Sessions } from '#server/auth/sessions.ts';
import { type Log, safeError } from '#server/logging.ts';
import type { OpenSockets } from './open-sockets.ts';

const POLL_EVERY_MS = 30_000;
/** If another server can end a session without a message, the poll itself must be in time. [LV6] */
const POLL_ALONE_EVERY_MS = 1_500;

interface SessionWatchParts {
  sessions: Pick<Sessions, 'active'>;
  sockets: OpenSockets;
  /** Whether sessions can end without this server being notified. */
  hasUnseenEnds: boolean;
  log: Log;
}

/**
 * Complements the accounts' events: a session that expired, or that another process ended, loses its sockets at the next poll.
 * [SEC-23]
 */
export function startSessionWatch(parts: SessionWatchParts): { close(): void } {
  const timer = setInterval(() => void poll(parts), parts.hasUnseenEnds ? POLL_ALONE_EVERY_MS : POLL_EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}

async function poll({ sessions, sockets, log }: SessionWatchParts): Promise<void> {
  const open = sockets.sessions();
  if (open.length === 0) return;
  try {
    const active = await sessions.active(open);
    const ended = open.filter((id) => !active.has(id));
    sockets.endSessions(ended, 'expired');
  } catch (error) {
    // If the database does not answer, no session ends.
    log.warn({ error: safeError(error) }, 'sessions could not be checked');
  }
}
