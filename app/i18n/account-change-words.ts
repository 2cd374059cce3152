import { type AccountProblem, problemWords, sentences } from './account-words.ts';
import type { MessageKey, Words } from './words.ts';

// Separate from the words of signing in, because the first screens don't need these.
/** Why the link in an email did nothing. Usually it is too old, or was used before. */
export function linkProblemWords(problem: AccountProblem, words: Words): string {
  return problemWords(problem, words, {
    codes: sentencesOfLinks,
    offline: 'account.offline',
    otherwise: 'link.invalid',
  });
}

const sentencesOfLinks = new Map<string, MessageKey>([
  ['PASSWORD_TOO_SHORT', 'account.short'],
  ['PASSWORD_TOO_LONG', 'account.long'],
  ['PASSWORD_TOO_COMMON', 'account.common'],
  ['INVALID_USER', 'link.otherAccount'],
  ['INVALID_PASSWORD', 'verify.wrong'],
]);

/** Codes that mean something else to somebody who is signed in and changes their account. */
const sentencesInSettings = new Map<string, MessageKey>([
  ...sentences,
  ['INVALID_PASSWORD', 'settings.passwordWrong'],
  ['PASSKEY_REFUSED', 'passkey.refused'],
  ['PASSKEY_DECLINED', 'passkey.declined'],
  ['LAST_WAY_IN', 'ways.last'],
  ['TWO_FACTOR_ON', 'ways.twoFactor'],
  ['PASSWORD_MISSING', 'account.emptyPassword'],
  ['ADMINISTRATOR', 'admin.leaves'],
  ['SESSION_NOT_FRESH', 'account.notFresh'],
]);

/** Why a change of the account failed. */
export function accountProblemWords(problem: AccountProblem, words: Words): string {
  return problemWords(problem, words, {
    codes: sentencesInSettings,
    offline: 'settings.failed',
    otherwise: 'account.refused',
  });
}
