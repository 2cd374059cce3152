import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import type { Freshness } from '#server/auth/freshness.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { type ArchiveParts, archiveOf } from '#server/export/archive.ts';
import { whileValid } from '#server/export/while-valid.ts';
import { sendFailure } from './failures.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** An archive reads everything that a person has. */
const EXPORTS = { windowMs: 3_600_000, max: 10 };

interface ExportRoutesParts {
  sessions: Pick<Sessions, 'find' | 'active'>;
  isFresh: Freshness['isFresh'];
  archive: ArchiveParts;
  limiter: Limiter | undefined;
  now: () => number;
}

/** `GET /api/export`: the caller's data as one zip file, which breaks off when their session ends. [AC3] [SEC-32] */
export function registerExportRoutes(app: FastifyInstance, parts: ExportRoutesParts): void {
  const { sessions, isFresh, archive, limiter, now } = parts;
  const running = new Set<string>();
  app.get('/api/export', { preHandler: requireSession(sessions) }, async (request, reply) => {
    const session = sessionOf(request);
    const { id, userId } = session;
    if (!(await isFresh(session))) return sendFailure(reply, syncError('forbidden', 'show again that it is you first'));
    const retryAfterMs = running.has(userId) ? 10_000 : (limiter?.take(`exports ${userId}`, EXPORTS) ?? 0);
    if (retryAfterMs > 0) return sendFailure(reply, syncError('rate_limited', 'too many exports', { retryAfterMs }));
    running.add(userId);
    const isValid = async () => (await sessions.active([id])).has(id);
    const bytes = Readable.from(whileValid(archiveOf(userId, archive), isValid, now), { objectMode: false });
    bytes.on('close', () => running.delete(userId));
    return reply
      .headers({
        'cache-control': 'no-store',
        'content-disposition': `attachment; filename="teamlink-${new Date().toISOString().slice(0, 10)}.zip"`,
      })
      .type('application/zip')
      .send(bytes);
  });
}
