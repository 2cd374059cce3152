import * as v from 'valibot';
import { UserId } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import { ReportOutcome } from '#protocol/reports.ts';
import { strict, text } from '#protocol/shape.ts';
import { answerOf, notFound, tooMany } from '#server/auth/answers.ts';
import { accountRoute, userOf, type AccountRoute, type AnswerParts, type Visit } from './account-route.ts';
import { Nothing } from './fields.ts';

/** An id of the accounts' library. */
const PersonId = v.pipe(UserId, v.regex(/^[0-9a-f]{24}$/));

const ReportsAsked = strict({
  state: v.picklist(['open', 'resolved']),
  /** The id of the last report that is known. */
  before: v.optional(text(100)),
});

/** A route for the administrator. For everybody else it does not exist. [AC4] [SEC-10] */
function forAdministrator<Body>(
  route: Pick<AccountRoute<Body>, 'method' | 'path' | 'body'>,
  answer: (visit: Visit<Body>, parts: AnswerParts) => Promise<Response>,
): AccountRoute {
  return accountRoute<Body>({
    ...route,
    session: 'required',
    attempt: (visit, { attempts }) => attempts.administration(userOf(visit)),
    answer: async (visit, parts) =>
      (await parts.administration.isAdministrator(userOf(visit))) ? answer(visit, parts) : notFound(),
  });
}

const done = () => answerOf({ status: true });

export const administrationRoutes: readonly AccountRoute[] = [
  accountRoute({
    method: 'GET',
    path: '/administration',
    session: 'required',
    attempt: (visit, { attempts }) => attempts.administration(userOf(visit)),
    async answer(visit, { administration, options: { signUp, domains, mail } }) {
      const { isAdministrator, people, reports, storedBytes, mailIsLogged } = administration;
      if (!(await isAdministrator(userOf(visit)))) return answerOf({ isAdministrator: false });
      const [count, bytes, openReports] = await Promise.all([people.count(), storedBytes(), reports.countOpen()]);
      const facts = { signUp, domains, people: count, mail, mailIsLogged, storedBytes: bytes, openReports };
      return answerOf({ isAdministrator: true, ...facts });
    },
  }),
  forAdministrator({ method: 'GET', path: '/administration/health' }, async (_visit, { administration }) =>
    answerOf(await administration.health()),
  ),
  forAdministrator(
    { method: 'GET', path: '/administration/people', body: strict({ q: v.optional(text(limits.query), '') }) },
    async ({ body }, { administration }) => answerOf({ people: await administration.people.find(body.q) }),
  ),
  forAdministrator(
    { method: 'POST', path: '/administration/suspend', body: strict({ userId: PersonId, on: v.boolean() }) },
    async (visit, { administration }) => {
      const { userId, on } = visit.body;
      // Nobody could undo it.
      if (userId === userOf(visit)) return notFound();
      return (await administration.people.suspend(userId, on)) ? done() : notFound();
    },
  ),
  forAdministrator(
    { method: 'POST', path: '/administration/end-sessions', body: strict({ userId: PersonId }) },
    async ({ body }, { administration }) => {
      await administration.people.endSessions(body.userId);
      return done();
    },
  ),
  {
    ...forAdministrator(
      { method: 'POST', path: '/administration/send-reset', body: strict({ userId: PersonId }) },
      async ({ body, language }, { users, queueEmail }) => {
        const address = await users.address(body.userId);
        if (address === null) return notFound();
        await queueEmail({ kind: 'reset', address: address.email, language });
        return done();
      },
    ),
    needsEmail: true,
  },
  {
    ...forAdministrator(
      { method: 'POST', path: '/administration/hand-over', body: strict({ userId: PersonId }) },
      async (visit, { administration }) =>
        (await administration.handOver(userOf(visit), visit.body.userId)) ? done() : notFound(),
    ),
    needsFresh: true,
  },
  forAdministrator(
    { method: 'GET', path: '/administration/reports', body: ReportsAsked },
    async ({ body: { state, before } }, { administration }) =>
      answerOf(await administration.reports.page(state, before)),
  ),
  forAdministrator(
    {
      method: 'POST',
      path: '/administration/reports/resolve',
      body: strict({ id: text(100), outcome: ReportOutcome }),
    },
    async (visit, { administration }) => {
      const { id, outcome } = visit.body;
      return (await administration.reports.resolve(id, userOf(visit) as UserId, outcome)) ? done() : notFound();
    },
  ),
  forAdministrator({ method: 'GET', path: '/administration/invitations' }, async (_visit, { administration }) =>
    answerOf({ invitations: await administration.invitations.open() }),
  ),
  forAdministrator(
    { method: 'POST', path: '/administration/invite', body: Nothing },
    async (_visit, { administration }) => {
      const code = await administration.invitations.make();
      return code === null ? tooMany() : answerOf({ code });
    },
  ),
  forAdministrator(
    { method: 'POST', path: '/administration/withdraw', body: strict({ id: text(100) }) },
    async ({ body }, { administration }) => {
      await administration.invitations.withdraw(body.id);
      return done();
    },
  ),
];
