import * as v from 'valibot';
import { strict } from '#protocol/shape.ts';
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
  // A new password ends every other session, whatever was asked for. [SEC-23]
  forward: (body) => ({ ...body, revokeOtherSessions: true }),
  endReason: 'password_changed',
});
