import type { FastifyInstance } from 'fastify';
import { syncError } from '#protocol/errors.ts';
import { MAX_HTTP_BODY_BYTES } from '#protocol/limits.ts';
import { verbNames } from '#protocol/verbs.ts';
import { SYNC_PATH, USER_HEADER } from '#protocol/version.ts';
import type { Sessions } from '#server/auth/sessions.ts';
import type { AnswerVerb } from '#server/streams/answer-verb.ts';
import { sendFailure } from './failures.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** `POST /api/sync/<verb>`: the verbs without a socket; answers are compressed. [VB1] */
export function registerSyncRoutes(
  app: FastifyInstance,
  sessions: Pick<Sessions, 'find'>,
  answerVerb: AnswerVerb,
): void {
  const options = { bodyLimit: MAX_HTTP_BODY_BYTES, preHandler: requireSession(sessions) };
  for (const verb of verbNames) {
    app.post(`${SYNC_PATH}/${verb}`, options, async (request, reply) => {
      const { userId, id } = sessionOf(request);
      // Somebody else has signed in in that browser, and nothing may be sent or read in their name. [HT5]
      if ((request.headers[USER_HEADER] ?? userId) !== userId) {
        return sendFailure(reply, syncError('unauthorized', 'this is the session of somebody else'));
      }
      const answer = await answerVerb(verb, { userId, device: id }, request.body);
      return 'error' in answer ? sendFailure(reply, answer.error) : answer;
    });
  }
}
