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
  remembersDeviceOf: ({ email }) => email,
});
