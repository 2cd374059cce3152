import { type Failure, syncError } from '#protocol/errors.ts';
import { ANSWER_BYTES, limits } from '#protocol/limits.ts';
import { parse } from '#protocol/shape.ts';
import { type PullAnswer, PullRequest } from '#protocol/verbs.ts';
import type { PullContext, PullParts } from './pull-context.ts';
import { pullByCursors } from './pull-by-cursors.ts';
import { pullByDigest, pullRest } from './pull-by-digest.ts';
import type { Caller } from './streams.ts';

/** What has moved since the caller's cursors, which come in one of two forms. [VB3] … [VB7] [DG1] */
export function createPull(parts: PullParts): (caller: Caller, request: unknown) => Promise<PullAnswer | Failure> {
  const { store } = parts;
  return async (caller, request) => {
    const parsed = parse(PullRequest, request);
    if (!parsed.ok) return { error: parsed.error };
    const { epoch, cursors, only, digest, rest } = parsed.value;
    const { limit = limits.page, maxBytes = ANSWER_BYTES, window = limits.window } = parsed.value;
    const isOtherEpoch = epoch !== undefined && epoch !== store.epoch;
    const asked: PullContext = { ...parts, caller, isOtherEpoch, limit, maxBytes, window };
    const forms = [cursors, digest, rest].filter((form) => form !== undefined).length;
    if (forms !== 1) return refused('expected one of cursors, digest and rest', 'cursors');
    if (cursors !== undefined) return pullByCursors(asked, cursors, only);
    if (only !== undefined) return refused('expected with cursors alone', 'only');
    return digest === undefined ? pullRest(asked, rest ?? '') : pullByDigest(asked, digest);
  };
}

function refused(message: string, path: string): Failure {
  return { error: syncError('invalid', message, { path }) };
}
