import * as v from 'valibot';
import { strict, text } from '#protocol/shape.ts';
import { answerOf } from '#server/auth/answers.ts';
import { passwordStrength } from '#server/auth/password-strength.ts';
import { accountRoute } from './account-route.ts';

/** How long a password would withstand guesses, while it is typed. Nothing of it is stored. [SEC-30] */
export const judgePassword = accountRoute({
  method: 'POST',
  path: '/password-strength',
  body: strict({ password: text(128), about: v.optional(v.pipe(v.array(text(300)), v.maxLength(2)), []) }),
  attempt: ({ clientAddress }, { attempts }) => attempts.strength(clientAddress),
  answer: ({ body }) => Promise.resolve(answerOf({ strength: passwordStrength(body.password, body.about) })),
});
