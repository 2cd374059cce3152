import { strict } from '#protocol/shape.ts';
import { answerOf } from '#server/auth/answers.ts';
import { accountRoute } from './account-route.ts';
import { Address, LinkToken, NewPassword } from './fields.ts';

/** Answers in the same way for every address, after the same work; the email queue looks up whose it is. [SEC-27] */
export const requestPasswordReset = accountRoute({
  method: 'POST',
  path: '/request-password-reset',
  needsEmail: true,
  body: strict({ email: Address }),
  attempt: ({ body, clientAddress }, { attempts }) => attempts.sendEmail(body.email, clientAddress),
  async answer({ body, language }, { queueEmail }) {
    await queueEmail({ kind: 'reset', address: body.email, language });
    return answerOf({ status: true });
  },
});

export const resetPassword = accountRoute({
  method: 'POST',
  path: '/reset-password',
  needsEmail: true,
  body: strict({ token: LinkToken, newPassword: NewPassword }),
  attempt: ({ clientAddress }, { attempts }) => attempts.link(clientAddress),
  countsFailuresOnly: true,
  endReason: 'password_changed',
});
