import { NamedPasskey, NewPasskey, OnePasskey, PasskeyAnswer } from '#protocol/ways-in.ts';
import { strict } from '#protocol/shape.ts';
import type { UserId } from '#protocol/ids.ts';
import { answerOf, lastWayIn, notFound, refusal, tooMany, unauthorized } from '#server/auth/answers.ts';
import { PASSKEY_SIGN_IN } from '#server/auth/sign-in-by-passkey.ts';
import type { Removed } from '#server/auth/ways-in.ts';
import { type AccountRoute, accountRoute, userOf } from './account-route.ts';
import { Nothing } from './fields.ts';

const refused = () => refusal(400, 'PASSKEY_REFUSED', 'This passkey could not be checked');

/** The answer to the removal of a way in. [SEC-34] */
export function answerOfRemoval(removed: Removed): Response {
  if (removed === 'missing') return notFound();
  return removed === 'last' ? lastWayIn() : answerOf({ status: true });
}

export const passkeyRoutes: readonly AccountRoute[] = [
  accountRoute({
    method: 'POST',
    path: '/passkey/creation-options',
    body: Nothing,
    session: 'required',
    needsFresh: true,
    attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
    async answer(visit, { passkeys, users }) {
      const account = await users.account(userOf(visit) as UserId);
      if (account === null) return unauthorized();
      return answerOf(await passkeys.creationOptions(account, visit.origin));
    },
  }),
  accountRoute({
    method: 'POST',
    path: '/passkey/add',
    body: NewPasskey,
    session: 'required',
    needsFresh: true,
    attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
    async answer(visit, { passkeys, users, queueEmail }) {
      const { name, answer } = visit.body;
      const added = await passkeys.add(userOf(visit), name, answer, visit.origin);
      if (added === 'too many') return tooMany();
      if (added !== 'added') return refused();
      const address = await users.address(userOf(visit));
      if (address !== null) await queueEmail({ kind: 'new-passkey', address: address.email, language: visit.language });
      return answerOf({ status: true });
    },
  }),
  accountRoute({
    method: 'POST',
    path: '/passkey/rename',
    body: NamedPasskey,
    session: 'required',
    attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
    async answer(visit, { passkeys }) {
      const { id, name } = visit.body;
      return (await passkeys.rename(userOf(visit), id, name)) ? answerOf({ status: true }) : notFound();
    },
  }),
  accountRoute({
    method: 'POST',
    path: '/passkey/remove',
    body: OnePasskey,
    session: 'required',
    needsFresh: true,
    attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
    answer: async (visit, { waysIn }) => answerOfRemoval(await waysIn.removePasskey(userOf(visit), visit.body.id)),
  }),
  accountRoute({
    method: 'POST',
    path: '/passkey/request-options',
    body: Nothing,
    attempt: ({ clientAddress }, { attempts }) => attempts.provider(clientAddress),
    answer: async ({ origin }, { passkeys }) => answerOf(await passkeys.requestOptions(origin)),
  }),
  accountRoute({
    method: 'POST',
    path: PASSKEY_SIGN_IN,
    body: strict({ answer: PasskeyAnswer }),
    attempt: ({ clientAddress }, { attempts }) => attempts.link(clientAddress),
    countsFailuresOnly: true,
    scope: ({ body, origin }) => ({ passkey: { answer: body.answer, origin } }),
    forward: () => ({}),
  }),
];
