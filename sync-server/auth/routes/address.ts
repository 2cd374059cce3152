import * as v from 'valibot';
import { strict } from '#protocol/shape.ts';
import { isOfDomain } from '#server/auth/domains.ts';
import {
  answerOf,
  otherDomain,
  passwordRequired,
  passwordTooLong,
  passwordTooShort,
  proofRequired,
  tooManyAttempts,
  wrongPassword,
} from '#server/auth/answers.ts';
import { accountRoute, userOf } from './account-route.ts';
import { Address, LinkToken, NewPassword, Nothing, Password } from './fields.ts';

/** Sends the link for a new account again. */
export const sendVerificationEmail = accountRoute({
  method: 'POST',
  path: '/send-verification-email',
  needsEmail: true,
  body: Nothing,
  session: 'required',
  attempt: (visit, { attempts }) => attempts.sendEmail(userOf(visit), visit.clientAddress),
  async answer(visit, { queueEmail }) {
    await queueEmail({ kind: 'verify', userId: userOf(visit), language: visit.language });
    return answerOf({ status: true });
  },
});

/** Accepts the token of any link about an address, and answers which step of a change it was, if any. [SEC-29] */
export const verifyEmail = accountRoute({
  method: 'POST',
  path: '/verify-email',
  needsEmail: true,
  body: strict({ token: LinkToken, password: v.optional(Password), newPassword: v.optional(NewPassword) }),
  session: 'optional',
  attempt: ({ clientAddress }, { attempts }) => attempts.link(clientAddress),
  countsFailuresOnly: true,
  // The person who signed up with this address may have been a stranger. [SEC-31]
  async before({ body, session }, { claims, attempts }) {
    const claim = await claims.claimOf(body.token);
    if (claim === null || session?.userId === claim.userId) return null;
    if (body.password !== undefined) {
      const attempt = attempts.password(claim.userId);
      if (attempt.waitMs > 0) return tooManyAttempts(attempt.waitMs);
      if (!(await claims.isPassword(claim.userId, body.password))) return wrongPassword();
      attempt.forgive();
      return null;
    }
    if (!claim.mayChoosePassword) return passwordRequired();
    if (body.newPassword === undefined) return proofRequired();
    if (body.newPassword.length < 8) return passwordTooShort();
    if (body.newPassword.length > 128) return passwordTooLong();
    await claims.claim(claim.userId, body.newPassword);
    return answerOf({ status: true, step: 'verified' });
  },
  query: ({ token }) => ({ token }),
  amend(text, { body }) {
    return Promise.resolve(
      text.includes('"status":true') ? answerOf({ status: true, step: stepOf(body.token) }) : null,
    );
  },
});

/** Starts the change: the current address is asked first if it was ever confirmed. [SEC-29] */
export const changeEmail = accountRoute({
  method: 'POST',
  path: '/change-email',
  needsEmail: true,
  body: strict({ newEmail: Address }),
  needsFresh: true,
  before: ({ body }, { options: { domains } }) =>
    Promise.resolve(domains === undefined || isOfDomain(body.newEmail, domains) ? null : otherDomain()),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.sendEmail(userOf(visit), visit.clientAddress),
});

/** The library has checked the token before. */
function stepOf(token: string): string {
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  const type = typeof payload === 'object' && payload !== null && 'requestType' in payload ? payload.requestType : null;
  if (type === 'change-email-confirmation') return 'change-confirmed';
  return type === 'change-email-verification' ? 'changed' : 'verified';
}
