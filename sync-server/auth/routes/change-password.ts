import * as v from 'valibot';
import { strict } from '#protocol/shape.ts';
import { answerOf, passwordSet, passwordTooLong, passwordTooShort, unauthorized } from '#server/auth/answers.ts';
import { accountRoute, userOf } from './account-route.ts';
import { NewPassword, Password } from './fields.ts';

export const changePassword = accountRoute({
  method: 'POST',
  path: '/change-password',
  body: strict({
    currentPassword: Password,
    newPassword: NewPassword,
    revokeOtherSessions: v.optional(v.boolean()),
  }),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.password(userOf(visit)),
  countsFailuresOnly: true,
  // A new password ends every other session, whatever the request says. [SEC-23]
  forward: (body) => ({ ...body, revokeOtherSessions: true }),
  endReason: 'password_changed',
});

/** The first password of somebody who signs in by other means. Like any new password, it ends every other session. [SEC-23] [SEC-26] */
export const setPassword = accountRoute({
  method: 'POST',
  path: '/set-password',
  body: strict({ newPassword: NewPassword }),
  session: 'required',
  needsFresh: true,
  attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
  async answer({ session, body: { newPassword }, language }, { claims, endSessions, users, queueEmail }) {
    if (session === null) return unauthorized();
    if (newPassword.length < 8) return passwordTooShort();
    if (newPassword.length > 128) return passwordTooLong();
    const { id, userId } = session;
    if (!(await claims.setFirst(userId, newPassword))) return passwordSet();
    await endSessions(userId, 'password_changed', id);
    const address = await users.address(userId);
    if (address !== null) await queueEmail({ kind: 'new-password', address: address.email, language });
    return answerOf({ status: true });
  },
});
