import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '#protocol/errors.ts';
import { HandshakeAuth, type Refusal } from '#protocol/live.ts';
import { parse } from '#protocol/shape.ts';
import { PROTOCOL_VERSION } from '#protocol/version.ts';
import { networkOf } from '#server/auth/network.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import type { Log } from '#server/logging.ts';
import { safeError } from '#server/logging.ts';
import { type LiveSocket, type OpenSockets, initialState } from './open-sockets.ts';

/** A person's tabs and devices have one socket each. */
const MAX_SOCKETS_PER_PERSON = 50;
/** Refused handshakes of one network; accepted ones are bounded by the line above. */
const REFUSALS = { windowMs: 60_000, max: 300 };

interface HandshakeParts {
  sessions: Pick<Sessions, 'find'>;
  sockets: OpenSockets;
  /** Absent: nothing is limited. */
  limiter: Limiter | undefined;
  addressOf: (request: IncomingMessage) => string;
  /** Aborted when the server starts to close. */
  closing: AbortSignal;
  log: Log;
}

/** Middleware that identifies the person by the session cookie, and checks that this server speaks the client's protocol. [LV1] */
export function createHandshake({ sessions, sockets, limiter, addressOf, closing, log }: HandshakeParts) {
  return async (socket: LiveSocket, next: (error?: Error) => void): Promise<void> => {
    const network = networkOf(addressOf(socket.request));
    const refuse = (code: ErrorCode, retryAfterMs?: number) => {
      if (code === 'unauthorized') limiter?.take(`handshake ${network}`, REFUSALS);
      next(refusal(retryAfterMs === undefined ? { code } : { code, retryAfterMs }));
    };
    if (closing.aborted) return refuse('unavailable', 2_000);
    const waitMs = limiter?.wait(`handshake ${network}`, REFUSALS) ?? 0;
    if (waitMs > 0) return refuse('rate_limited', waitMs);

    const protocol: unknown = (socket.handshake.auth as { protocol?: unknown }).protocol;
    if (typeof protocol === 'number' && protocol !== PROTOCOL_VERSION) return refuse('upgrade_required');
    const auth = parse(HandshakeAuth, socket.handshake.auth);
    if (!auth.ok) return refuse('invalid');
    let session;
    try {
      session = await sessions.find(socket.request.headers.cookie);
    } catch (error) {
      log.warn({ error: safeError(error) }, 'a handshake could not be checked');
      return refuse('unavailable', 1_000);
    }
    if (session === null) return refuse('unauthorized');
    if ((sockets.ofUser(session.userId)?.size ?? 0) >= MAX_SOCKETS_PER_PERSON) return refuse('rate_limited', 10_000);
    socket.data = { userId: session.userId, sessionId: session.id, device: auth.value.device, ...initialState() };
    next();
  };
}

function refusal(data: Refusal): Error {
  return Object.assign(new Error(data.code), { data });
}
