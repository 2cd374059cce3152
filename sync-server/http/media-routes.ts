import multipart from '@fastify/multipart';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type SyncError, syncError } from '#protocol/errors.ts';
import { MediaId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { parse } from '#protocol/shape.ts';
import { MEDIA_PATH } from '#protocol/version.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { isShownInline } from '#server/media/content-type.ts';
import { thumbnailName } from '#server/media/file-store.ts';
import type { MediaRow } from '#server/media/media-row.ts';
import type { Media } from '#server/media/open-media.ts';
import { POSTER_BYTES } from '#server/media/take-poster.ts';
import { sendFailure } from './failures.ts';
import { reasonOf, refuse, strangeSession, takeUpload, tooManyUploads } from './media-failures.ts';
import { createPerPerson } from './per-person.ts';
import { formLimits, receiveForm } from './receive-form.ts';
import { requireSession, sessionOf } from './require-session.ts';
import { sendFile } from './send-file.ts';

/** For one person at the same time; more are refused, and sent again later. [SEC-62] */
const UPLOADS_AT_ONCE = 6;

type OfFile = FastifyRequest<{ Params: { id: string } }>;

/** `POST /api/media`, the poster of a film, and `GET` of a file and of its thumbnail. [MD1] [MD6] [MD13] */
export async function registerMediaRoutes(
  app: FastifyInstance,
  sessions: Pick<Sessions, 'find'>,
  media: Media,
  limiter: Limiter | undefined,
): Promise<void> {
  const uploads = createPerPerson(UPLOADS_AT_ONCE);
  const preHandler = requireSession(sessions);

  async function upload(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { userId } = sessionOf(request);
    const strange = strangeSession(request, userId);
    if (strange !== undefined) return refuse(request, reply, strange);
    const waitMs = takeUpload(limiter, userId);
    if (waitMs > 0) return refuse(request, reply, tooManyUploads(waitMs));
    const answer = await uploads.hold(userId, () => receiveForm(request, userId, media));
    if (answer === undefined) return refuse(request, reply, tooManyUploads());
    return 'error' in answer ? refuse(request, reply, answer.error) : reply.code(201).send(answer.attachment);
  }

  async function poster(request: OfFile, reply: FastifyReply): Promise<FastifyReply> {
    const { userId } = sessionOf(request);
    const id = parse(MediaId, request.params.id);
    const error = strangeSession(request, userId) ?? (id.ok ? undefined : noSuchFile());
    if (error !== undefined || !id.ok) return refuse(request, reply, error ?? noSuchFile());
    if (!Buffer.isBuffer(request.body)) return refuse(request, reply, syncError('invalid', 'send a picture'));
    const { body } = request;
    const answer = await uploads.hold(userId, () => media.takePoster(userId, id.value, body));
    if (answer === undefined) return refuse(request, reply, tooManyUploads());
    return 'error' in answer ? refuse(request, reply, answer.error) : reply.send(answer.attachment);
  }

  /** The file, if it exists and this person may read it. */
  async function found(request: OfFile): Promise<MediaRow | undefined> {
    const id = parse(MediaId, request.params.id);
    return id.ok ? media.find(sessionOf(request).userId, id.value) : undefined;
  }

  // In a separate scope, because forms are accepted nowhere else. [SEC-41]
  await app.register((scope, _options, done) => {
    void scope.register(multipart, { limits: formLimits, throwFileSizeLimit: false });
    scope.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply, reasonOf(error)));
    scope.post(MEDIA_PATH, { preHandler, bodyLimit: 2 * limits.file }, (request, reply) => upload(request, reply));

    scope.addContentTypeParser(
      ['image/webp', 'image/jpeg', 'image/png'],
      { parseAs: 'buffer' },
      (_request, body, taken) => taken(null, body),
    );
    scope.put(`${MEDIA_PATH}/:id/poster`, { preHandler, bodyLimit: POSTER_BYTES }, (request: OfFile, reply) =>
      poster(request, reply),
    );

    const reading = { preHandler, exposeHeadRoute: false, compress: false as const };
    scope.get(`${MEDIA_PATH}/:id`, reading, async (request: OfFile, reply) => {
      const row = await found(request);
      if (row === undefined) return sendFailure(reply, noSuchFile());
      const way = isShownInline(row) ? 'inline' : 'attachment';
      return sendFile(request, reply, media.store, { stored: row._id, mime: row.mime, name: row.name, way });
    });
    scope.get(`${MEDIA_PATH}/:id/thumbnail`, reading, async (request: OfFile, reply) => {
      const row = await found(request);
      if (row?.hasThumbnail !== true) return sendFailure(reply, noSuchFile());
      const stored = thumbnailName(row._id);
      return sendFile(request, reply, media.store, {
        stored,
        mime: 'image/webp',
        name: `${row.name}.webp`,
        way: 'inline',
      });
    });
    done();
  });
}

function noSuchFile(): SyncError {
  return syncError('not_found', 'no such file', { path: 'id' });
}
