import type { FastifyInstance } from 'fastify';
import { MAX_HTTP_BODY_BYTES } from '#protocol/limits.ts';
import { verbNames } from '#protocol/verbs.ts';
import { SYNC_PATH } from '#protocol/version.ts';
import type { Accounts } from '#server/auth/accounts.ts';
import type { AnswerVerb } from '#server/streams/answer-verb.ts';
import { sendFailure } from './failures.ts';
import { requireSession, sessionOf } from './require-session.ts';

/** `POST /api/sync/<verb>`: the verbs for whoever has no socket, and for big pages, which HTTP compresses. [VB1] */
export function registerSyncRoutes(app: FastifyInstance, accounts: Accounts, answerVerb: AnswerVerb): void {
  const options = { bodyLimit: MAX_HTTP_BODY_BYTES, preHandler: requireSession(accounts) };
  for (const verb of verbNames) {
    app.post(`${SYNC_PATH}/${verb}`, options, async (request, reply) => {
      const answer = await answerVerb(verb, { userId: sessionOf(request).userId }, request.body);
      return 'error' in answer ? sendFailure(reply, answer.error) : answer;
    });
  }
}
