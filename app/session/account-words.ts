import type { HttpProblem } from '#app/http/request.ts';
import type { MessageKey, Words } from '#app/i18n/words.ts';

export type AccountProblem = HttpProblem | { kind: 'no-session' };

/** The account library's codes that have a sentence of their own. */
const sentences: Record<string, MessageKey> = {
  INVALID_EMAIL_OR_PASSWORD: 'account.wrong',
  INVALID_PASSWORD: 'account.wrong',
  USER_NOT_FOUND: 'account.wrong',
  USER_ALREADY_EXISTS: 'account.taken',
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: 'account.taken',
  PASSWORD_TOO_SHORT: 'account.short',
  PASSWORD_TOO_LONG: 'account.long',
  INVALID_EMAIL: 'account.email',
};

export function accountWords(problem: AccountProblem, words: Words): string {
  switch (problem.kind) {
    case 'offline':
      return words('account.offline');
    case 'rate-limited':
      return problem.retryAfterMs === undefined
        ? words('account.rateUnknown')
        : words('account.rate', { seconds: Math.ceil(problem.retryAfterMs / 1000) });
    case 'server':
      return words('account.server');
    case 'no-session':
      return words('account.noSession');
    case 'refused': {
      const known =
        problem.code !== undefined && Object.hasOwn(sentences, problem.code) ? sentences[problem.code] : undefined;
      return words(known ?? (problem.status === 401 ? 'account.wrong' : 'account.refused'));
    }
  }
}
