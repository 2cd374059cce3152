import { type Files, filesOf } from '#app/local-store/files.ts';
import type { OutboxRow } from '#app/local-store/local-store.ts';
import { filesToUpload } from '#app/ops/files.ts';
import type { Client } from '#app/sync/client.ts';
import { backoffMs } from '#app/sync/backoff.ts';
import type { MediaId, StreamId } from '#protocol/ids.ts';
import { filesWanted, lostFile, uploadsLock } from './files-wanted.ts';
import { createPace } from './pace.ts';
import type { PostFile } from './post-file.ts';
import { noteProgress, takeOverProgress } from './progress.ts';
import { isReadable } from './readable.ts';
import { createSendFile, endUpload } from './send-file.ts';

/** Files of different chats are sent in parallel, so that a large one does not delay other chats. */
const AT_ONCE = 3;
/** A file whose message is gone is kept for this long, because the message may be restored. */
const KEPT_MS = 60_000;
/** An upload that has made no progress for this long when the network changes still uses the old network. */
const SILENT_MS = 5_000;

export interface Uploads {
  /** Something may be waiting, or the network may be back: ends all backoffs. */
  wake(): void;
  close(): void;
}

export interface UploadsParts {
  client: Pick<Client, 'userId' | 'outbox'> & { store: Pick<Client['store'], 'outbox' | 'onListChange'> };
  files: Files;
  post: PostFile;
  /** Deletes what the server holds of an upload. False if it could not be reached. */
  endUpload(url: string): Promise<boolean>;
  now: () => number;
  random: () => number;
  onDefect: (error: unknown) => void;
}

/**
 * Uploads the files that messages in the outbox wait for, in the order in which they were written, and one of each chat at a time.
 * An upload whose message was taken back is cancelled at once. [CL14]
 */
export function createUploads(parts: UploadsParts): Uploads {
  const { client, files, post, now, random, onDefect } = parts;
  const running = new Map<MediaId, { stream: StreamId; abort: AbortController; movedAt: number }>();
  const retries = new Map<MediaId, { tries: number; timer?: ReturnType<typeof setTimeout> }>();
  const ending = new Set<MediaId>();
  let paused: ReadonlySet<MediaId> = new Set();
  let isLooking = false;
  let isDue = false;
  let isClosed = false;

  async function look(): Promise<void> {
    isDue = true;
    if (isLooking) return;
    isLooking = true;
    try {
      while (isDue && !isClosed) {
        isDue = false;
        const rows = await client.store.outbox();
        const wanted = filesWanted(rows);
        for (const [id, { abort }] of running) if (!wanted.has(id) || paused.has(id)) abort.abort();
        for (const [id, row] of wanted) if (mayStart(id, row)) void upload(id, row);
        void endOthers(new Set(rows.flatMap(({ op }) => filesToUpload(op))));
      }
    } catch (error) {
      if (!isClosed) onDefect(error);
    } finally {
      isLooking = false;
    }
  }

  /** Uploads whose message was taken back end on the server too. */
  async function endOthers(held: ReadonlySet<MediaId>): Promise<void> {
    try {
      for (const { id, url } of await files.sending()) {
        if (held.has(id) || running.has(id) || ending.has(id)) continue;
        ending.add(id);
        try {
          if (url === undefined || (await parts.endUpload(url))) await files.forgetSending(id);
        } finally {
          ending.delete(id);
        }
      }
    } catch (error) {
      if (!isClosed) onDefect(error);
    }
  }

  function mayStart(id: MediaId, { stream }: OutboxRow): boolean {
    if (isClosed || running.has(id) || running.size >= AT_ONCE || paused.has(id)) return false;
    if (retries.get(id)?.timer !== undefined) return false;
    return ![...running.values()].some((other) => other.stream === stream);
  }

  async function upload(id: MediaId, row: OutboxRow): Promise<void> {
    const abort = new AbortController();
    const state = { stream: row.stream, abort, movedAt: now() };
    running.set(id, state);
    let waits: 'full' | 'failed' | undefined;
    try {
      const file = await files.waiting(id);
      // The browser has cleared it, or somebody has cleared the browser's folder.
      if (file === undefined || !(await isReadable(file.content)))
        return await client.outbox.fileRefused(row.id, lostFile());
      noteProgress(id, { share: 0 });
      const pace = createPace(now);
      const onProgress = (sent: number, total: number) => {
        state.movedAt = now();
        noteProgress(id, pace(sent, total));
      };
      const outcome = await post(client.userId, file, onProgress, abort.signal);
      if (isClosed || abort.signal.aborted) return undefined;
      switch (outcome.kind) {
        case 'done':
          // First the small picture is stored, so that it stays on the screen.
          await files.uploaded(id, outcome.file.mediaId);
          return await client.outbox.replaceFile(id, outcome.file);
        case 'refused':
          return await client.outbox.fileRefused(row.id, outcome.error);
        case 'wait':
          waits = outcome.isFull === true ? 'full' : 'failed';
          return retryLater(id, outcome.ms);
      }
    } catch (error) {
      if (isClosed) return undefined;
      onDefect(error);
      waits = 'failed';
      retryLater(id);
    } finally {
      running.delete(id);
      noteProgress(id, waits);
      if (!isClosed) void look();
    }
    return undefined;
  }

  function retryLater(id: MediaId, ms?: number): void {
    const tries = retries.get(id)?.tries ?? 0;
    const timer = setTimeout(
      () => {
        retries.set(id, { tries: tries + 1 });
        void look();
      },
      ms ?? backoffMs(tries, random),
    );
    retries.set(id, { tries: tries + 1, timer });
  }

  function wake(): void {
    for (const { timer } of retries.values()) clearTimeout(timer);
    retries.clear();
    for (const { abort, movedAt } of running.values()) if (now() - movedAt > SILENT_MS) abort.abort();
    void look();
  }

  /** Files of messages that were sent, discarded or taken back. */
  async function removeOthers(): Promise<void> {
    const rows = await client.store.outbox();
    await files.removeOthers(new Set(rows.flatMap(({ op }) => filesToUpload(op))), Date.now() - KEPT_MS);
  }

  const stopListening = client.store.onListChange(({ outbox }) => {
    if (outbox !== undefined) void look();
  });
  const stopPausing = files.onPaused((ids) => {
    paused = ids;
    void look();
  });
  const removing = setInterval(() => void removeOthers().catch(onDefect), KEPT_MS);
  void removeOthers().catch(onDefect);
  void look();
  return {
    wake,
    close() {
      isClosed = true;
      stopListening();
      stopPausing();
      clearInterval(removing);
      for (const { timer } of retries.values()) clearTimeout(timer);
      for (const { abort } of running.values()) abort.abort();
    },
  };
}

const started = new WeakMap<Client, Uploads>();

/**
 * Uploads for this client, in one tab at a time: the lock passes to another tab when this one is closed. Without locks (plain
 * HTTP), two tabs may upload the same file, and the message carries one of the copies.
 */
export function uploadsOf(client: Client): Uploads {
  const before = started.get(client);
  if (before !== undefined) return before;
  const closing = new AbortController();
  let present: Uploads | undefined;
  const run = () =>
    new Promise<void>((resolve) => {
      const files = filesOf(client.userId);
      takeOverProgress();
      present = createUploads({
        client,
        files,
        post: createSendFile(client.store, files),
        endUpload: (url) => endUpload(client.userId, url),
        now: () => performance.now(),
        random: Math.random,
        onDefect: (error) => reportError(error),
      });
      closing.signal.addEventListener('abort', () => resolve());
    });
  const locks = 'locks' in navigator ? navigator.locks : undefined;
  // Rejects only when the tab stops waiting for the lock.
  if (locks === undefined) void run();
  else void locks.request(uploadsLock(client.userId), { signal: closing.signal }, run).catch(() => undefined);
  const uploads: Uploads = {
    wake: () => present?.wake(),
    close() {
      started.delete(client);
      present?.close();
      closing.abort();
    },
  };
  started.set(client, uploads);
  return uploads;
}
