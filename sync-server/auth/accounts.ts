import type { Connection } from 'mongoose';
import type { Health } from '#protocol/administration.ts';
import type { Failure } from '#protocol/errors.ts';
import type { SignInOptions } from '#protocol/account.ts';
import type { UsersAnswer } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import { createEmailQueue } from '#server/email/email-queue.ts';
import type { SendEmail } from '#server/email/send-email.ts';
import { type ReadReports, openAdministration } from './administration/open-administration.ts';
import { defect, unavailable } from './answers.ts';
import { createAsk } from './ask-better-auth.ts';
import { createAddressClaims } from './address-claims.ts';
import { createAttempts } from './attempts.ts';
import { createBetterAuth } from './better-auth.ts';
import { createClosing } from './closing.ts';
import { ANSWER_MS, createDeadline, isUnavailable } from './deadline.ts';
import { createDeliverEmail } from './deliver-email.ts';
import { createDirectory } from './directory.ts';
import { createEndSessions } from './end-sessions.ts';
import { type Freshness, createFreshness } from './freshness.ts';
import { createPasskeys } from './passkeys.ts';
import { createWaysIn } from './ways-in.ts';
import { createGate } from './gate.ts';
import { createKnownDevices } from './known-device.ts';
import type { AccountEmail } from './account-emails.ts';
import { rewriteOlderNameKeys } from './older-name-keys.ts';
import type { AnswerParts } from './routes/account-route.ts';
import { createFindRoute } from './routes/table.ts';
import type { AccountsEvents, AccountsLog } from './session.ts';
import { type Sessions, openSessions } from './sessions.ts';
import type { SignInProvider } from './sign-in-providers.ts';
import { removeUnfinishedSignUps } from './unfinished-sign-ups.ts';
import { createUsers } from './users.ts';

export interface Accounts {
  /** Answers everything under `/api/auth/`. The address is the one that Fastify determined for the client. [SEC-22] */
  handle(request: Request, clientAddress: string): Promise<Response>;
  readonly sessions: Pick<Sessions, 'find' | 'active'>;
  /** Whether a person has just proved their identity, for routes outside `/api/auth/`. [SEC-32] */
  readonly isFresh: Freshness['isFresh'];
  /** `GET /api/users`, its query unparsed. Rejects only when the database does not answer. [HT3] */
  users(caller: { userId: UserId }, query: unknown, clientAddress: string): Promise<UsersAnswer | Failure>;
  /** Deletes the accounts whose time has come; this also happens every hour. [AC1] */
  deleteDue(): Promise<void>;
  /** Stops sending emails; queued ones are sent after the next start. */
  close(): void;
}

export interface AccountsOptions {
  connection: Connection;
  /** Signs the session cookies; at least 32 characters. */
  secret: string;
  /** The origin that browsers see. Undefined: the origin that a request was itself sent to. */
  publicOrigin: string | undefined;
  /** Cookies get `Secure` and the `__Host-` prefix. */
  isSecure: boolean;
  directory: 'open' | 'closed';
  signUp: SignInOptions['signUp'];
  /** The domains whose addresses may sign up. Absent: all. */
  domains?: readonly string[] | undefined;
  /** The providers whose accounts people can sign in with. */
  providers: readonly SignInProvider[];
  rateLimit: boolean;
  /** Bytes of files on the server, for the administrator. */
  storedBytes(): Promise<number>;
  /** The health of the server, for the administrator. */
  health(): Promise<Health>;
  /** For the administrator. */
  reports: ReadReports;
  /** For the limits; milliseconds since 1970. */
  now: () => number;
  events: AccountsEvents;
  /** Whether this person may show that file as their picture; if so, the file is kept. */
  takePicture: AnswerParts['takePicture'];
  log: AccountsLog;
  /** How emails are sent, and the address for their links. Absent if no emails are sent. */
  mail: (Pick<SendEmail, 'send' | 'isLogged'> & { origin: string }) | undefined;
}

export async function createAccounts(options: AccountsOptions): Promise<Accounts> {
  const { connection, secret, publicOrigin, isSecure, events, log } = options;
  // An arbitrary origin: the library gets its requests under this one, after we have checked the real origin.
  const { providers, signUp, domains } = options;
  const passkeys = createPasskeys(connection);
  const freshness = createFreshness(connection);
  const baseURL = publicOrigin ?? 'http://localhost';
  const auth = createBetterAuth({ connection, secret, baseURL, isSecure, providers, signUp, domains, passkeys });
  const users = createUsers(connection);
  const sessions = await openSessions(auth, connection);
  const attempts = createAttempts(options.now, options.rateLimit);
  const directory = createDirectory({
    users: connection.collection('user'),
    isOpen: options.directory === 'open',
    attempts,
  });
  await removeUnfinishedSignUps(connection, log);
  await rewriteOlderNameKeys(connection, log);

  const { mail } = options;
  const emails =
    mail &&
    createEmailQueue<AccountEmail>({
      connection,
      deliver: createDeliverEmail({ auth, users, secret, send: mail.send, origin: mail.origin }),
      now: options.now,
      kindOf: ({ kind }) => kind,
      log,
    });

  const endSessions = createEndSessions(connection, events);
  const closing = createClosing({ connection, now: options.now, events, endSessions, log });

  const gate = createGate({
    findRoute: createFindRoute(providers),
    options: {
      mail: emails !== undefined,
      signUp,
      ...(domains === undefined ? {} : { domains: [...domains] }),
      providers: providers.map(({ id, name }) => ({ id, name })),
    },
    queueEmail: emails?.queue,
    ask: createAsk({ auth, publicOrigin, events }),
    sessions,
    users,
    claims: createAddressClaims({ connection, secret, users, endSessions }),
    closing,
    freshness,
    passkeys,
    waysIn: createWaysIn({ connection, providers: providers.map(({ id }) => id), passkeys }),
    takePicture: options.takePicture,
    administration: openAdministration({
      connection,
      now: options.now,
      endSessions,
      storedBytes: options.storedBytes,
      health: options.health,
      reports: options.reports,
      mailIsLogged: mail?.isLogged === true,
    }),
    endSessions,
    publicOrigin,
    attempts,
    devices: createKnownDevices(secret, isSecure),
    events,
  });

  return {
    users: (caller, query, clientAddress) =>
      createDeadline(ANSWER_MS).bound(directory.users(caller, query, clientAddress)),
    sessions,
    isFresh: freshness.isFresh,
    deleteDue: closing.sweep,
    close() {
      emails?.close();
      closing.close();
    },
    async handle(request, clientAddress) {
      try {
        return await gate(request, clientAddress);
      } catch (error) {
        if (isUnavailable(error)) return unavailable();
        // `err` is written without its message, which may hold an address. [SEC-52]
        log.error({ err: error }, 'an account request failed');
        return defect();
      }
    },
  };
}
