import { MAX_POLL_OPTION, MAX_POLL_QUESTION, MIN_POLL_OPTIONS } from '#protocol/limits.ts';
import { isVisible } from '#protocol/names.ts';

export interface PollProblem {
  /** The question, or the place of an option's field. */
  at: 'question' | number;
  kind: 'noQuestion' | 'tooFew' | 'same' | 'tooLong';
}

/** The first field of a new poll that the server would refuse; empty fields are ignored. `options`: cleaned. [PO1] */
export function pollProblem(question: string, options: readonly string[]): PollProblem | undefined {
  if (!isVisible(question)) return { at: 'question', kind: 'noQuestion' };
  if (question.trim().length > MAX_POLL_QUESTION) return { at: 'question', kind: 'tooLong' };
  const long = options.findIndex((option) => option.length > MAX_POLL_OPTION);
  if (long >= 0) return { at: long, kind: 'tooLong' };
  const same = options.findIndex((option, at) => isVisible(option) && options.indexOf(option) < at);
  if (same >= 0) return { at: same, kind: 'same' };
  if (options.filter(isVisible).length >= MIN_POLL_OPTIONS) return undefined;
  return { at: options.findIndex((option) => !isVisible(option)), kind: 'tooFew' };
}
