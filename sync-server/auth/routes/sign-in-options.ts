import { answerOf } from '#server/auth/answers.ts';
import { accountRoute } from './account-route.ts';

/** The options of the sign-in page. [HT6] */
export const signInOptions = accountRoute({
  method: 'GET',
  path: '/sign-in-options',
  answer: (_visit, { options }) => Promise.resolve(answerOf(options)),
});
