/** Routes under `/api/auth/` answer errors in their library's form: `{code, message}`. [HT2] */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ code, message }), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}

export const answerOf = (body: object) =>
  new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });

export const notFound = () => refusal(404, 'NOT_FOUND', 'Not found');

export const foreignOrigin = () => refusal(403, 'INVALID_ORIGIN', 'Invalid origin');

export const signUpClosed = () => refusal(403, 'SIGN_UP_CLOSED', 'This server accepts no new accounts');

export const otherDomain = () => refusal(403, 'EMAIL_DOMAIN', 'This server takes addresses of its own domains only');

export const byInvitation = () =>
  refusal(403, 'SIGN_UP_BY_INVITATION', 'This server accepts new accounts only by invitation');

export const tooMany = () => refusal(409, 'TOO_MANY', 'Withdraw some first');

export const unauthorized = () => refusal(401, 'UNAUTHORIZED', 'Unauthorized');

export const addressTaken = () =>
  refusal(422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', 'User already exists. Use another email.');

export const wrongPassword = () => refusal(400, 'INVALID_PASSWORD', 'Invalid password');

export const passwordSet = () => refusal(409, 'PASSWORD_SET', 'This account has a password');

export const passwordMissing = () => refusal(400, 'PASSWORD_MISSING', 'Send the password');

/** Afterwards nobody could administer the server. */
export const administratorLeaves = () => refusal(409, 'ADMINISTRATOR', 'Hand the administration over first');

export const passwordTooShort = () => refusal(400, 'PASSWORD_TOO_SHORT', 'Password too short');

export const passwordTooLong = () => refusal(400, 'PASSWORD_TOO_LONG', 'Password too long');

/** The session is too old to prove that the person is present. */
export const notFresh = () => refusal(403, 'SESSION_NOT_FRESH', 'Sign in again first');

/** No way to sign in would be left. [SEC-34] */
export const lastWayIn = () => refusal(409, 'LAST_WAY_IN', 'Add another way to sign in first');

/** Only the account's session or password is accepted. */
export const passwordRequired = () => refusal(403, 'PASSWORD_REQUIRED', 'Sign in, or send the password');

/** The same, or a new password, which takes the account over. */
export const proofRequired = () => refusal(403, 'PROOF_REQUIRED', 'Sign in, or send the password or a new one');

export const unavailable = () =>
  refusal(503, 'SERVICE_UNAVAILABLE', 'The server can’t answer now. Try again later.', { 'retry-after': '5' });

export const defect = () => refusal(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on the server.');

export function tooManyAttempts(waitMs: number): Response {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1000)));
  // The second header is what the library’s own client reads.
  return refusal(429, 'TOO_MANY_REQUESTS', 'Too many requests. Please try again later.', {
    'retry-after': seconds,
    'x-retry-after': seconds,
  });
}
