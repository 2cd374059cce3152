import type { HttpProblem } from '#app/http/request.ts';
import type { MessageKey, Words } from '#app/i18n/words.ts';
import { limits } from '#protocol/limits.ts';

/** The account library's codes that have a sentence of their own here. */
const sentences = new Map<string, MessageKey>([
  ['INVALID_PASSWORD', 'settings.passwordWrong'],
  ['PASSWORD_TOO_SHORT', 'account.short'],
  ['PASSWORD_TOO_LONG', 'account.long'],
  ['INVALID_NAME', 'account.name'],
]);

/** Why a change of one's account did not work. */
export function problemWords(problem: HttpProblem, words: Words): string {
  switch (problem.kind) {
    case 'offline':
      return words('settings.notDone');
    case 'rate-limited':
      return problem.retryAfterMs === undefined
        ? words('account.rateUnknown')
        : words('account.rate', { seconds: Math.ceil(problem.retryAfterMs / 1000) });
    case 'server':
      return words('account.server');
    case 'refused':
      return words(sentences.get(problem.code ?? '') ?? 'account.refused', { max: limits.name });
  }
}
