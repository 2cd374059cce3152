import { PersonName } from '#protocol/record.ts';
import * as v from 'valibot';
import { strict, text } from '#protocol/shape.ts';
import { addressTaken, answerOf, byInvitation, otherDomain, unavailable } from '#server/auth/answers.ts';
import { isOfDomain } from '#server/auth/domains.ts';
import { accountRoute } from './account-route.ts';
import { Address, NewPassword, NoPicture, Remember } from './fields.ts';

export const signUp = accountRoute({
  method: 'POST',
  path: '/sign-up/email',
  needsOpenSignUp: true,
  body: strict({
    name: PersonName,
    email: Address,
    password: NewPassword,
    image: NoPicture,
    rememberMe: Remember,
    invitation: v.optional(text(100)),
  }),
  // Refused ones count too, because they reveal who has an account.
  attempt: ({ clientAddress }, { attempts }) => attempts.signUp(clientAddress),
  // The code is used up first, so that two people cannot sign up with it at the same time. [AC5]
  async before({ body }, { options, administration }) {
    if (options.domains !== undefined && !isOfDomain(body.email, options.domains)) return otherDomain();
    if (options.signUp !== 'invite') return null;
    const isInvited = body.invitation !== undefined && (await administration.invitations.take(body.invitation));
    return isInvited ? null : byInvitation();
  },
  // Once the credentials are written, the account may still be created.
  async undo({ body }, { signUp: made }, { options, administration }) {
    if (options.signUp === 'invite' && made?.userId === undefined && body.invitation !== undefined)
      await administration.invitations.giveBack(body.invitation);
  },
  scope: () => ({ signUp: {} }),
  // The library accepts a missing picture here, but not null.
  forward: ({ image: _, invitation: __, ...fields }) => fields,
  // Without a session, nothing proves that the address is theirs.
  remembersDeviceOf: ({ email }, { domains }) => (domains === undefined ? email : null),
  /**
   * The user was not written: either somebody else took the address a moment earlier, or the database failed. Only in
   * the first case can this sign-up's write never arrive later, so only then are its credentials removed now; otherwise
   * the next start removes them.
   */
  async amend(text, { body }, { signUp: made }, { users, options }) {
    // The library gives the same answer for a taken address, except for the fields of the user that it makes up. [SEC-27]
    if (options.domains !== undefined && text.includes('"token":null')) return answerOf({ token: null });
    if (!text.includes('FAILED_TO_CREATE_USER')) return null;
    const owner = await users.idByAddress(body.email);
    if (owner === null) return unavailable();
    if (made?.userId !== undefined && owner !== made.userId) await users.removeCredentials(made.userId);
    return addressTaken();
  },
});
