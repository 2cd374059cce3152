import * as v from 'valibot';
import type { WaitingFile } from '#app/local-store/files.ts';
import { Failure, isRetryable, syncError, type SyncError } from '#protocol/errors.ts';
import { UploadAnswer } from '#protocol/http.ts';
import type { UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { MEDIA_PATH, USER_HEADER } from '#protocol/version.ts';

export type Uploaded =
  | { kind: 'done'; file: Attachment }
  /** Final: sending it again would change nothing. */
  | { kind: 'refused'; error: SyncError }
  /** `isFull`: the server has no room for now. */
  | { kind: 'wait'; ms?: number; isFull?: boolean };

export type PostFile = (
  userId: UserId,
  file: WaitingFile,
  onProgress: (sent: number, total: number) => void,
  signal: AbortSignal,
) => Promise<Uploaded>;

/** After this long without progress the request is given up, and the file is sent again. */
const STALLED_MS = 60_000;

/** Sends one file as a form. `fetch` cannot say how much it has sent, so this is an XMLHttpRequest. [MD1] */
export const postFile: PostFile = (userId, file, onProgress, signal) =>
  new Promise((resolve) => {
    const form = formOf(file);
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const moved = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const end = (uploaded: Uploaded) => {
      clearTimeout(stalled);
      resolve(uploaded);
    };
    request.open('POST', MEDIA_PATH);
    request.setRequestHeader(USER_HEADER, userId);
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      moved();
      onProgress(loaded, total);
    });
    request.addEventListener('load', () => end(outcomeOf(request.status, request.responseText)));
    for (const failure of ['error', 'abort'] as const) request.addEventListener(failure, () => end({ kind: 'wait' }));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    moved();
    request.send(form);
  });

export function formOf({ stream, content, facts }: Pick<WaitingFile, 'stream' | 'content' | 'facts'>): FormData {
  const form = new FormData();
  form.append('stream', stream);
  for (const [field, value] of Object.entries(facts)) if (value !== undefined) form.append(field, String(value));
  form.append('file', content, facts.name ?? 'file');
  return form;
}

/** Only the server's own refusal is final; anything else may be the page of a proxy. */
export function outcomeOf(status: number, text: string): Uploaded {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return status === 413
      ? { kind: 'refused', error: syncError('too_large', 'too large for a proxy', { path: 'file' }) }
      : { kind: 'wait' };
  }
  if (status === 200 || status === 201) {
    const file = v.safeParse(UploadAnswer, answer);
    return file.success ? { kind: 'done', file: file.output } : { kind: 'wait' };
  }
  const failure = v.safeParse(Failure, answer);
  if (!failure.success) return { kind: 'wait' };
  const { code, message, path, retryAfterMs } = failure.output.error;
  if (isRetryable(code))
    return {
      kind: 'wait',
      ...(retryAfterMs === undefined ? {} : { ms: retryAfterMs }),
      ...(path === 'disk' ? { isFull: true } : {}),
    };
  return { kind: 'refused', error: syncError(code, message, path === undefined ? {} : { path }) };
}
