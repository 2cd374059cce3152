import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { type ArchiveParts, archiveOf } from '#server/export/archive.ts';
import { sendFailure } from './failures.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** An archive reads everything that a person has. */
const EXPORTS = { windowMs: 3_600_000, max: 10 };

interface ExportRoutesParts {
  sessions: Pick<Sessions, 'find'>;
  archive: ArchiveParts;
  limiter: Limiter | undefined;
}

/** `GET /api/export`: the caller's data as one zip file. [AC3] */
export function registerExportRoutes(app: FastifyInstance, { sessions, archive, limiter }: ExportRoutesParts): void {
  const running = new Set<string>();
  app.get('/api/export', { preHandler: requireSession(sessions) }, (request, reply) => {
    const { userId } = sessionOf(request);
    const retryAfterMs = running.has(userId) ? 10_000 : (limiter?.take(`exports ${userId}`, EXPORTS) ?? 0);
    if (retryAfterMs > 0) return sendFailure(reply, syncError('rate_limited', 'too many exports', { retryAfterMs }));
    running.add(userId);
    const bytes = Readable.from(archiveOf(userId, archive), { objectMode: false });
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
