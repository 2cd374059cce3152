import { strict } from '#protocol/shape.ts';
import { accountRoute } from './account-route.ts';
import { Address, Password, Remember } from './fields.ts';

export const signIn = accountRoute({
  method: 'POST',
  path: '/sign-in/email',
  body: strict({ email: Address, password: Password, rememberMe: Remember }),
  attempt: ({ body, cookie, clientAddress }, { attempts, devices }) =>
    attempts.signIn(body.email, devices.read(cookie, body.email), clientAddress),
  countsFailuresOnly: true,
  // A shared computer does not become a known device.
  remembersDeviceOf: ({ email, rememberMe }) => (rememberMe === false ? null : email),
  // The password was right: only its person is sent the link that confirms the address. [AC7]
  async amend(text, { body, clientAddress, language }, _scope, { users, attempts, queueEmail }) {
    if (!text.includes('EMAIL_NOT_VERIFIED') || attempts.sendEmail(body.email, clientAddress).waitMs > 0) return null;
    const userId = await users.idByAddress(body.email);
    if (userId !== null) await queueEmail({ kind: 'verify', userId, language });
    return null;
  },
});
