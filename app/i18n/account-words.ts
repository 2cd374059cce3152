import { limits } from '#protocol/limits.ts';
import type { MessageKey, Words } from './words.ts';

/** Why a request about an account failed. */
export type AccountProblem =
  /** The server could not be reached. */
  | { kind: 'offline' }
  /** It has not answered within the time limit, although it may be reachable. */
  | { kind: 'silent' }
  | { kind: 'rate-limited'; retryAfterMs?: number }
  /** The server had an error. */
  | { kind: 'server' }
  /** Something else answered in its place, or it is configured for another address. */
  | { kind: 'obstacle'; obstacle: 'page' | 'gateway' | 'address' }
  /** The request succeeded, but nobody is signed in. */
  | { kind: 'no-session' }
  /** The server refused it, with the account library's code if it gave one. */
  | { kind: 'refused'; status: number; code?: string };

/** The account library's codes that have a sentence of their own. */
export const sentences: ReadonlyMap<string, MessageKey> = new Map<string, MessageKey>([
  ['INVALID_EMAIL_OR_PASSWORD', 'account.wrong'],
  ['INVALID_PASSWORD', 'account.wrong'],
  ['USER_NOT_FOUND', 'account.wrong'],
  ['USER_ALREADY_EXISTS', 'account.taken'],
  ['USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', 'account.taken'],
  ['PASSWORD_TOO_SHORT', 'account.short'],
  ['PASSWORD_TOO_LONG', 'account.long'],
  ['PASSWORD_TOO_COMMON', 'account.common'],
  ['INVALID_EMAIL', 'account.email'],
  ['INVALID_NAME', 'account.name'],
  ['SIGN_UP_CLOSED', 'account.closed'],
  ['INVALID_CODE', 'account.wrongCode'],
  ['INVALID_BACKUP_CODE', 'account.wrongCode'],
  ['INVALID_TWO_FACTOR_COOKIE', 'account.codeLate'],
  ['TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE', 'account.codeLate'],
  ['SIGN_UP_BY_INVITATION', 'account.invitationUsed'],
  ['ACCOUNT_SUSPENDED', 'account.suspended'],
  ['PASSKEY_REFUSED', 'account.passkeyRefused'],
  ['PASSKEY_DECLINED', 'passkey.declined'],
  ['EMAIL_DOMAIN', 'account.domain'],
  ['EMAIL_NOT_VERIFIED', 'account.confirmFirst'],
]);

/** Why signing in or up failed. */
export function signInProblemWords(problem: AccountProblem, words: Words): string {
  const isUnauthorized = problem.kind === 'refused' && problem.status === 401;
  return problemWords(problem, words, {
    codes: sentences,
    offline: 'account.offline',
    otherwise: isUnauthorized ? 'account.wrong' : 'account.refused',
  });
}

interface Sentences {
  codes: ReadonlyMap<string, MessageKey>;
  offline: MessageKey;
  /** For a refusal whose code has no sentence. */
  otherwise: MessageKey;
}

export function problemWords(problem: AccountProblem, words: Words, { codes, offline, otherwise }: Sentences): string {
  switch (problem.kind) {
    case 'offline':
      return words(offline);
    case 'silent':
      return words('account.silent');
    case 'rate-limited':
      return problem.retryAfterMs === undefined
        ? words('account.rateUnknown')
        : words('account.rate', { seconds: Math.ceil(problem.retryAfterMs / 1000) });
    case 'server':
      return words('account.server');
    case 'obstacle':
      return words(`obstacle.${problem.obstacle}`);
    case 'no-session':
      return words('account.noSession');
    case 'refused':
      return words(codes.get(problem.code ?? '') ?? otherwise, { max: limits.name });
  }
}
