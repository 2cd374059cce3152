import { type Failure, syncError } from '#protocol/errors.ts';
import type { UserId } from '#protocol/ids.ts';
import type { AnswerOf, Verb } from '#protocol/verbs.ts';
import type { Caller, Streams } from './streams.ts';

export type AnswerVerb = <K extends Verb>(verb: K, caller: Caller, request: unknown) => Promise<AnswerOf<K> | Failure>;

interface AnswerParts {
  streams: Streams;
  /** Counts a call. Returns how long the person must wait before it, milliseconds, or 0. */
  takeCall: (userId: UserId) => number;
  /** Called with what should be impossible: a bug. */
  onDefect: (error: unknown) => void;
}

/** The one handler behind both transports. Never rejects: what is thrown inside is answered with `internal`. [VB1] [ER1] */
export function createAnswerVerb({ streams, takeCall, onDefect }: AnswerParts): AnswerVerb {
  return (verb, caller, request) => {
    const retryAfterMs = takeCall(caller.userId);
    if (retryAfterMs > 0)
      return Promise.resolve({ error: syncError('rate_limited', 'too many requests, wait', { retryAfterMs }) });
    const answered = streams[verb](caller, request) as Promise<AnswerOf<typeof verb> | Failure>;
    return answered.catch((error: unknown) => {
      onDefect(error);
      return { error: syncError('internal', 'something went wrong here') };
    });
  };
}
