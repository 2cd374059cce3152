import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '#protocol/errors.ts';
import { HandshakeAuth, type Refusal } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import type { Accounts } from '#server/auth/accounts.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import { networkOf } from '#server/auth/network.ts';
import type { Log } from '#server/logging.ts';
import { safeError } from '#server/logging.ts';
import { type LiveSocket, type OpenSockets, nothingYet } from './open-sockets.ts';

/** A person's tabs and devices: each has one socket. */
const MAX_SOCKETS_PER_PERSON = 50;
/** Refused hand-shakes of one network; good ones are bounded by the line above. */
const REFUSALS = { windowMs: 60_000, max: 300 };

interface HandShakeParts {
  accounts: Accounts;
  sockets: OpenSockets;
  /** Absent: nothing is limited. */
  limiter: Limiter | undefined;
  addressOf: (request: IncomingMessage) => string;
  isClosing: () => boolean;
  log: Log;
}

/** Middleware: who connects, by the session cookie, and whether this server speaks his protocol. [LV1] */
export function createHandShake({ accounts, sockets, limiter, addressOf, isClosing, log }: HandShakeParts) {
  return async (socket: LiveSocket, next: (error?: Error) => void): Promise<void> => {
    const network = networkOf(addressOf(socket.request));
    const refuse = (code: ErrorCode, retryAfterMs?: number) => {
      if (code === 'unauthorized') limiter?.take(`hand-shake ${network}`, REFUSALS);
      next(refusal(retryAfterMs === undefined ? { code } : { code, retryAfterMs }));
    };
    if (isClosing()) return refuse('unavailable', 2_000);
    const waitMs = limiter?.wait(`hand-shake ${network}`, REFUSALS) ?? 0;
    if (waitMs > 0) return refuse('rate_limited', waitMs);

    const protocol: unknown = (socket.handshake.auth as { protocol?: unknown }).protocol;
    if (typeof protocol === 'number' && protocol !== PROTOCOL_VERSION) return refuse('upgrade_required');
    const auth = parse(HandshakeAuth, socket.handshake.auth);
    if (!auth.ok) return refuse('invalid');
    let session;
    try {
      session = await accounts.sessions.find(socket.request.headers.cookie);
    } catch (error) {
      log.warn({ error: safeError(error) }, 'a hand-shake could not be checked');
      return refuse('unavailable', 1_000);
    }
    if (session === null) return refuse('unauthorized');
    if ((sockets.ofUser(session.userId)?.size ?? 0) >= MAX_SOCKETS_PER_PERSON) return refuse('rate_limited', 10_000);
    socket.data = { userId: session.userId, sessionId: session.id, device: auth.value.device, ...nothingYet() };
    next();
  };
}

function refusal(data: Refusal): Error {
  return Object.assign(new Error(data.code), { data });
}
