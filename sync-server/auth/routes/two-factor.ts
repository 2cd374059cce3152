import * as v from 'valibot';
import { strict, text } from '#protocol/shape.ts';
import { accountRoute, userOf } from './account-route.ts';
import { Password } from './fields.ts';

/** Six digits from an authenticator app, with the blanks that people type. */
const Code = v.pipe(
  text(20),
  v.transform((code) => code.replaceAll(/\s/g, '')),
  v.regex(/^\d{6}$/, 'six digits'),
);

const RecoveryCode = v.pipe(text(40), v.trim(), v.regex(/^[\w-]{8,40}$/));

/** The secret for an authenticator app, and recovery codes. No code is required until the first one was right. [AC6] */
export const enableTwoFactor = accountRoute({
  method: 'POST',
  path: '/two-factor/enable',
  body: strict({ password: Password }),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.password(userOf(visit)),
  countsFailuresOnly: true,
  forward: ({ password }) => ({ password, method: 'totp' }),
  // Sessions that were opened with only the password are ended. [SEC-23]
  async amend(answer, { session }, _scope, { endSessions }) {
    if (session !== null && answer.includes('totpURI')) await endSessions(session.userId, 'revoked', session.id);
    return null;
  },
});

/** The first code, which turns the second factor on, or the one of a sign-in. */
export const verifyTotp = accountRoute({
  method: 'POST',
  path: '/two-factor/verify-totp',
  body: strict({ code: Code }),
  session: 'optional',
  scope: ({ body }) => ({ code: body.code }),
  attempt: ({ clientAddress }, { attempts }) => attempts.link(clientAddress),
  countsFailuresOnly: true,
  // Somebody may have signed in with the password alone since the secret was made. [SEC-23]
  async amend(_answer, { session }, { startedSession }, { endSessions }) {
    if (session !== null && startedSession !== undefined) await endSessions(session.userId, 'revoked', startedSession);
    return null;
  },
});

/** Used instead of a code at a sign-in. Each works once. */
export const verifyRecoveryCode = accountRoute({
  method: 'POST',
  path: '/two-factor/verify-backup-code',
  body: strict({ code: RecoveryCode }),
  attempt: ({ clientAddress }, { attempts }) => attempts.link(clientAddress),
  countsFailuresOnly: true,
});

export const disableTwoFactor = accountRoute({
  method: 'POST',
  path: '/two-factor/disable',
  body: strict({ password: Password }),
  session: 'required',
  attempt: (visit, { attempts }) => attempts.password(userOf(visit)),
  countsFailuresOnly: true,
});
