import { type DetailedError, Upload, type UploadOptions } from 'tus-js-client';
import type { Sending, WaitingFile } from '#app/local-store/files.ts';
import type { MediaId } from '#protocol/ids.ts';
import { USER_HEADER } from '#protocol/version.ts';
import { createChunkSize } from './chunk-size.ts';
import { type PostFile, type Uploaded, outcomeOf } from './post-file.ts';

/** After this long without progress the connection is given up, and the upload continues over a new one. */
const STALLED_MS = 30_000;

export interface ResumableParts {
  /** Where uploads are created, as an absolute address. */
  endpoint: string;
  /** Where this file's upload continues; stored on the device. */
  startedUpload(id: MediaId): Promise<Sending | undefined>;
  noteSending(change: Sending): Promise<void>;
  /** Resolves when a part of a file may be sent. */
  mayContinue(): Promise<void>;
  /** The address of the finished upload, at which the server repeats the result. */
  ask(url: string): Promise<{ status: number; text: string }>;
  now(): number;
  more?: Pick<UploadOptions, 'headers' | 'onAfterResponse'>;
}

/** Sends a file in parts. What has arrived is never sent again, after a fault, in another tab, or another day. [CL16] [MD10] */
export function createSendResumable(parts: ResumableParts): PostFile {
  const { endpoint, startedUpload, noteSending, mayContinue, ask, now, more } = parts;
  const chunk = createChunkSize();
  return async (userId, file, onProgress, signal) => {
    const uploadUrl = (await startedUpload(file.id))?.url ?? null;
    return new Promise<Uploaded>((resolve) => {
      let stalled: ReturnType<typeof setTimeout> | undefined;
      let startedAt = now();
      const end = (uploaded: Uploaded) => {
        clearTimeout(stalled);
        if (uploaded.kind === 'wait') chunk.failed();
        resolve(uploaded);
      };
      const stop = () => {
        void upload.abort();
        end({ kind: 'wait' });
      };
      const moved = () => {
        clearTimeout(stalled);
        stalled = setTimeout(stop, STALLED_MS);
      };
      const upload: Upload = new Upload(file.content, {
        endpoint,
        uploadUrl,
        uploadSize: file.content.size,
        chunkSize: chunk.bytes(),
        retryDelays: null,
        storeFingerprintForResuming: false,
        headers: { [USER_HEADER]: userId, ...more?.headers },
        metadata: metadataOf(file),
        ...(more?.onAfterResponse === undefined ? {} : { onAfterResponse: more.onAfterResponse }),
        onUploadUrlAvailable() {
          if (upload.url !== null && upload.url !== uploadUrl) void noteSending({ id: file.id, url: upload.url });
        },
        async onBeforeRequest(request) {
          if (request.getMethod() === 'PATCH') {
            clearTimeout(stalled);
            await mayContinue();
          }
          moved();
          startedAt = now();
        },
        onProgress(sent, total) {
          moved();
          onProgress(sent, total ?? 0);
        },
        onChunkComplete(bytes) {
          chunk.arrived(bytes, now() - startedAt);
          upload.options.chunkSize = chunk.bytes();
        },
        onSuccess({ lastResponse }) {
          const text = lastResponse.getBody();
          if (text !== '') return end(outcomeOf(lastResponse.getStatus(), text));
          // The answer to the last part was lost.
          ask(upload.url ?? '').then(
            (answer) => end(outcomeOf(answer.status, answer.text)),
            () => end({ kind: 'wait' }),
          );
          return undefined;
        },
        onError: (error) => end(outcomeOfFailure(error)),
      });
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) return stop();
      moved();
      upload.start();
      return undefined;
    });

    function outcomeOfFailure(error: Error | DetailedError): Uploaded {
      const { originalRequest, originalResponse } = error as Partial<DetailedError>;
      if (originalRequest === undefined || originalResponse === undefined || originalResponse === null)
        return { kind: 'wait' };
      const [method, status] = [originalRequest.getMethod(), originalResponse.getStatus()];
      // The offset has moved, or the upload has expired. Asking for the offset shows which, and a new upload is created if necessary.
      if (method === 'PATCH' && [404, 409, 410, 423].includes(status)) return { kind: 'wait', ms: 0 };
      const text = originalResponse.getBody();
      if (method === 'PATCH' && status === 413 && !text.startsWith('{')) {
        chunk.tooLarge();
        return { kind: 'wait', ms: 0 };
      }
      return outcomeOf(status, text);
    }
  };
}

function metadataOf({ stream, content, facts }: WaitingFile): Record<string, string> {
  const given = { stream, mime: content.type, ...facts };
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
}
