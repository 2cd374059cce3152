import * as v from 'valibot';
import { strict } from '#protocol/shape.ts';
import {
  administratorLeaves,
  answerOf,
  notFresh,
  passwordMissing,
  tooManyAttempts,
  wrongPassword,
} from '#server/auth/answers.ts';
import type { UserId } from '#protocol/ids.ts';
import { accountRoute, userOf } from './account-route.ts';
import { Password } from './fields.ts';

/** Signs out everywhere, and deletes the account after the grace period. [AC1] */
export const deleteAccount = accountRoute({
  method: 'POST',
  path: '/delete-account',
  body: strict({ password: v.optional(Password) }),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
  async answer(visit, { administration, freshness, claims, closing, attempts, users, queueEmail }) {
    const userId = userOf(visit) as UserId;
    if ((await administration.isAdministrator(userId)) && (await administration.people.count()) > 1)
      return administratorLeaves();
    // A device that was left open must not be enough to delete an account.
    if (await closing.hasPassword(userId)) {
      const { password = '' } = visit.body;
      if (password === '') return passwordMissing();
      const attempt = attempts.password(userId);
      if (attempt.waitMs > 0) return tooManyAttempts(attempt.waitMs);
      if (!(await claims.isPassword(userId, password))) return wrongPassword();
      attempt.forgive();
    } else if (visit.session !== null && !(await freshness.isFresh(visit.session))) return notFresh();
    const address = await users.address(userId);
    const deletedAfter = closing.graceEnd();
    // The email is queued first, because no account may be deleted without its owner being informed.
    if (address !== null)
      await queueEmail({ kind: 'deletion', address: address.email, deletedAfter, language: visit.language });
    await closing.begin(userId, deletedAfter);
    return answerOf({ deletedAfter: new Date(deletedAfter).toISOString() });
  },
});
