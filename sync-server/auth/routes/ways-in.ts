import * as v from 'valibot';
import { PasskeyAnswer } from '#protocol/ways-in.ts';
import { strict, text } from '#protocol/shape.ts';
import { answerOf, notFresh, refusal, tooManyAttempts, wrongPassword } from '#server/auth/answers.ts';
import { type AccountRoute, accountRoute, userOf } from './account-route.ts';
import { answerOfRemoval } from './passkeys.ts';
import { Password } from './fields.ts';

export const waysInRoutes: readonly AccountRoute[] = [
  accountRoute({
    method: 'GET',
    path: '/ways-in',
    session: 'required',
    answer: async (visit, { waysIn }) => answerOf(await waysIn.of(userOf(visit))),
  }),
  // The link to a provider, or the password. [SEC-34]
  accountRoute({
    method: 'POST',
    path: '/unlink',
    body: strict({ way: text(30) }),
    session: 'required',
    needsFresh: true,
    attempt: (visit, { attempts }) => attempts.profileChange(userOf(visit)),
    async answer(visit, { waysIn, users }) {
      const userId = userOf(visit);
      // Turning the second factor off again would need the password.
      if (visit.body.way === 'password' && (await users.hasTwoFactor(userId)))
        return refusal(409, 'TWO_FACTOR_ON', 'Turn two-step sign-in off first');
      return answerOfRemoval(await waysIn.unlink(userId, visit.body.way));
    },
  }),
  // Proves that the person is present, by the password or a passkey; without either, answers whether a proof is needed. [SEC-32]
  accountRoute({
    method: 'POST',
    path: '/prove',
    body: strict({ password: v.optional(Password), passkey: v.optional(PasskeyAnswer) }),
    session: 'required',
    async answer(visit, { attempts, claims, freshness, passkeys }) {
      const { session, body, origin } = visit;
      if (session === null) return notFresh();
      if (body.password === undefined && body.passkey === undefined)
        return (await freshness.isFresh(session)) ? answerOf({ status: true }) : notFresh();
      const attempt = attempts.password(session.userId);
      if (attempt.waitMs > 0) return tooManyAttempts(attempt.waitMs);
      const isTheirs =
        body.passkey === undefined
          ? await claims.isPassword(session.userId, body.password ?? '')
          : (await passkeys.verify(body.passkey, origin)) === session.userId;
      if (!isTheirs) return wrongPassword();
      attempt.forgive();
      await freshness.prove(session);
      return answerOf({ status: true });
    },
  }),
];
