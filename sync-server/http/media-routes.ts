import multipart from '@fastify/multipart';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type SyncError, syncError } from '#protocol/errors.ts';
import { MediaId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { parse } from '#protocol/shape.ts';
import { MEDIA_PATH, USER_HEADER } from '#protocol/version.ts';
import { isUnavailable } from '#server/auth/deadline.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import { isShownInline } from '#server/media/content-type.ts';
import { thumbnailName } from '#server/media/file-store.ts';
import type { MediaRow } from '#server/media/media-row.ts';
import type { Media } from '#server/media/open-media.ts';
import { StoreUnavailable } from '#server/streams/entry-store.ts';
import { sendFailure } from './failures.ts';
import { createPerPerson } from './per-person.ts';
import { formLimits, receiveForm } from './receive-form.ts';
import { requireSession, sessionOf } from './require-session.ts';
import { sendFile } from './send-file.ts';

/** Of one person at once; more are refused, and sent again later. [SEC-62] */
const UPLOADS_AT_ONCE = 6;

type OfFile = FastifyRequest<{ Params: { id: string } }>;

/** `POST /api/media`, and `GET` of a file and of its thumbnail. [MD1] [MD6] */
export async function registerMediaRoutes(
  app: FastifyInstance,
  sessions: Pick<Sessions, 'find'>,
  media: Media,
): Promise<void> {
  const uploads = createPerPerson(UPLOADS_AT_ONCE);
  const preHandler = requireSession(sessions);

  async function upload(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { userId } = sessionOf(request);
    // Somebody else has signed in in that browser: nothing may be uploaded in their name. [HT5]
    if ((request.headers[USER_HEADER] ?? userId) !== userId)
      return refuse(request, reply, syncError('unauthorized', 'this is the session of somebody else'));
    const answer = await uploads.hold(userId, () => receiveForm(request, userId, media));
    if (answer === undefined)
      return refuse(request, reply, syncError('rate_limited', 'too many uploads at once', { retryAfterMs: 1_000 }));
    return 'error' in answer ? refuse(request, reply, answer.error) : reply.code(201).send(answer.attachment);
  }

  /** The file, if it exists and this person may read it. */
  async function found(request: OfFile): Promise<MediaRow | undefined> {
    const id = parse(MediaId, request.params.id);
    return id.ok ? media.find(sessionOf(request).userId, id.value) : undefined;
  }

  // In a scope of its own, because forms are taken nowhere else. [SEC-41]
  await app.register((scope, _options, done) => {
    void scope.register(multipart, { limits: formLimits, throwFileSizeLimit: false });
    scope.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply, reasonOf(error)));
    scope.post(MEDIA_PATH, { preHandler, bodyLimit: 2 * limits.file }, (request, reply) => upload(request, reply));

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

/** What is left of the body is read and dropped, because a client that is still sending would miss the answer. */
function refuse(request: FastifyRequest, reply: FastifyReply, error: SyncError): FastifyReply {
  request.raw.unpipe();
  request.raw.resume();
  const status = statusByPath.get(error.path);
  return status === undefined ? sendFailure(reply, error) : reply.code(status).send({ error });
}

/** Where HTTP has a status that says more than the code's own. */
const statusByPath = new Map<string | undefined, number>([
  ['disk', 507],
  ['content-type', 415],
]);

/** Rethrows a defect, which the handler of all routes answers. */
function reasonOf(error: FastifyError): SyncError {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    return syncError('unavailable', 'the disk of the server is full', { path: 'disk', retryAfterMs: 30_000 });
  if (error instanceof StoreUnavailable || isUnavailable(error))
    return syncError('unavailable', 'the database does not answer', { retryAfterMs: 1_000 });
  if (error.statusCode === 413) return syncError('too_large', 'the form is too large');
  if (error.statusCode === 415 || error.code === 'FST_INVALID_MULTIPART_CONTENT_TYPE')
    return syncError('invalid', 'send multipart/form-data', { path: 'content-type' });
  if (error.statusCode !== undefined && error.statusCode < 500 && error.statusCode >= 400)
    return syncError('invalid', 'the form cannot be read');
  // A client that went away hears nothing of this.
  if (error.code === 'ECONNRESET' || error.code === 'ERR_STREAM_PREMATURE_CLOSE')
    return syncError('invalid', 'the form is incomplete');
  // A form that ends too early, or breaks the rules of forms.
  if (/^(?:Unexpected end|Part terminated|Malformed|Multipart)/.test(error.message))
    return syncError('invalid', 'the form cannot be read');
  throw error;
}
