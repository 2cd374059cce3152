import { PassThrough, type Readable } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, type Failure, syncError } from '#protocol/errors.ts';
import { UPLOADS_PATH } from '#protocol/version.ts';
import type { Limiter } from '#server/auth/rate-limiter.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import type { Media } from '#server/media/open-media.ts';
import { reasonOf, refuse, strangeSession, takeUpload, tooManyUploads } from './media-failures.ts';
import { createPerPerson } from './per-person.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** For one person at the same time; more are refused, and sent again later. [SEC-68] */
const REQUESTS_AT_ONCE = 6;
/** The most of a body that is buffered while the disk is slower than the line. */
const GATHERED_BYTES = 256 * 1024;
const TUS_VERSION = '1.0.0';

type OfUpload = FastifyRequest<{ Params: { id: string } }>;

/** Resumable uploads by the tus protocol 1.0, and `GET` of the result of one. [MD10] */
export async function registerUploadRoutes(
  app: FastifyInstance,
  sessions: Pick<Sessions, 'find'>,
  { resumable }: Pick<Media, 'resumable'>,
  limiter: Limiter | undefined,
): Promise<void> {
  const running = createPerPerson(REQUESTS_AT_ONCE);
  const preHandler = requireSession(sessions);

  async function answerTus(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { userId } = sessionOf(request);
    const strange = strangeSession(request, userId);
    if (strange !== undefined) return refuse(request, reply, strange);
    const waitMs = request.method === 'POST' ? takeUpload(limiter, userId) : 0;
    if (waitMs > 0) return refuse(request, reply, tooManyUploads(waitMs));
    if (request.method !== 'OPTIONS' && request.headers['tus-resumable'] !== TUS_VERSION) {
      void reply.code(412).header('tus-version', TUS_VERSION);
      return reply.send({ error: syncError('invalid', 'another version of tus', { path: 'tus-resumable' }) });
    }
    const { body, end } = bodyOf(request);
    try {
      const answer = await running.hold(userId, () =>
        resumable.handle(userId, {
          method: request.method,
          path: request.url,
          headers: tusHeaders(request),
          ...(body === undefined ? {} : { body }),
        }),
      );
      end();
      if (answer === undefined) return await refuse(request, reply, tooManyUploads());
      return await send(reply, answer);
    } catch (error) {
      end();
      throw error;
    }
  }

  // In a separate scope, because bodies of any type are accepted nowhere else. [SEC-41]
  await app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, taken) => taken(null));
    scope.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply, reasonOf(error)));
    const route = { preHandler, handler: answerTus, compress: false as const };
    scope.route({ ...route, method: ['POST', 'OPTIONS'], url: UPLOADS_PATH });
    scope.route({ ...route, method: ['HEAD', 'PATCH', 'DELETE', 'OPTIONS'], url: `${UPLOADS_PATH}/:id` });
    scope.get(`${UPLOADS_PATH}/:id`, { preHandler, exposeHeadRoute: false }, async (request: OfUpload, reply) => {
      const outcome = await resumable.outcome(sessionOf(request).userId, request.params.id);
      if (outcome === undefined)
        return refuse(request, reply, syncError('not_found', 'no such finished upload', { path: 'id' }));
      return 'error' in outcome ? refuse(request, reply, outcome.error) : reply.send(outcome.attachment);
    });
    done();
  });
}

/**
 * The bytes that have arrived are kept when the connection ends too early, so the body then ends without an error. Bytes that
 * arrive during a write are passed on in one piece, because the library passes the body through five streams, which took most of
 * an upload's processor time.
 */
function bodyOf(request: FastifyRequest): { body?: ReadableStream<Uint8Array>; end: () => void } {
  const { raw, method } = request;
  if (method !== 'PATCH' && method !== 'POST') return { end: () => undefined };
  const arrived = new PassThrough({ highWaterMark: GATHERED_BYTES });
  raw.pipe(arrived);
  for (const event of ['error', 'close'] as const) raw.once(event, () => arrived.end());
  return {
    body: inLargePieces(arrived),
    // A client that is still sending would miss the answer, so the rest is read and dropped.
    end() {
      raw.unpipe(arrived);
      raw.resume();
    },
  };
}

function inLargePieces(from: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => void from.once('end', () => controller.close()),
      pull: (controller) =>
        new Promise((resolve) => {
          function take() {
            const all = from.read() as Buffer | null;
            if (all === null) return void from.once('readable', take);
            controller.enqueue(all);
            resolve();
          }
          take();
        }),
      cancel: () => void from.destroy(),
    },
    { highWaterMark: 0 },
  );
}

function tusHeaders({ headers }: FastifyRequest): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) =>
      name === 'tus-resumable' || name.startsWith('upload-') || name === 'content-type' || name === 'content-length',
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

/** The library answers some failures in its own format. [VB2] */
async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  const text = await answer.text();
  for (const [name, value] of answer.headers)
    if (/^(?:tus-|upload-|location$)/.test(name)) void reply.header(name, value);
  void reply.code(answer.status);
  if (text.startsWith('{')) return reply.type('application/json; charset=utf-8').send(text);
  if (answer.status < 400) return reply.send();
  const code = codes.get(answer.status) ?? (answer.status < 500 ? 'invalid' : 'internal');
  return reply.send({ error: syncError(code, text.trim()) } satisfies Failure);
}

const codes = new Map<number, ErrorCode>([
  [404, 'not_found'],
  [409, 'conflict'],
  [410, 'not_found'],
  [413, 'too_large'],
  [423, 'unavailable'],
]);
