import { answerOf } from '#server/auth/answers.ts';
import { accountRoute } from './account-route.ts';

/** What the sign-in page offers. [HT6] */
export const signInOptions = accountRoute({
  method: 'GET',
  path: '/sign-in-options',
  answer: (_visit, { options }) => Promise.resolve(answerOf(options)),
});
