import { appendFileSync, mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Files, Sending, WaitingFile } from '#app/local-store/files.ts';
import type { ListChange, OutboxRow } from '#app/local-store/local-store.ts';
import { localFileId } from '#app/ops/files.ts';
import { syncError } from '#protocol/errors.ts';
import type { ConversationId, MediaId, OpId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';
import { filesWanted } from './files-wanted.ts';
import { outcomeOf, type Uploaded } from './post-file.ts';
import { createUploads } from './uploads.ts';

const [a, b] = ['d:a.me', 'd:b.me'] as [ConversationId, ConversationId];
const AT = '2026-11-28T10:00:00.000Z';
const describedAs = (mediaId: MediaId): Attachment => ({ mediaId, kind: 'document', name: 'x', mime: '', size: 1 });

function rowWith(id: string, stream: ConversationId, files: string[], more: Partial<OutboxRow> = {}): OutboxRow {
  const attachments = files.map((file) => describedAs(localFileId(file)));
  const op = { id: id as OpId, stream, kind: 'message.send' as const, sentAt: AT, text: '', attachments };
  return { id: op.id, stream, order: 0, op, queuedAt: AT, attempts: 0, state: 'queued', ...more };
}

/** An outbox, files that can all be read, and uploads that end when the test says so. */
function stage(rows: OutboxRow[], lost: string[] = [], content = new Blob(['x'])) {
  const posted: {
    id: MediaId;
    signal: AbortSignal;
    onProgress: (sent: number, total: number) => void;
    end: (outcome: Uploaded) => void;
  }[] = [];
  const said: string[] = [];
  const started: Sending[] = [];
  const clock = { ms: 0 };
  let pauseAll: (ids: ReadonlySet<MediaId>) => void = () => {};
  let changed: (change: ListChange) => void = () => {};
  const take = (id: OpId) =>
    rows.splice(
      rows.findIndex((row) => row.id === id),
      1,
    );
  const files: Partial<Files> = {
    waiting: (id) =>
      Promise.resolve(
        lost.includes(id) ? undefined : ({ id, stream: a, content, facts: {}, addedAt: 0 } satisfies WaitingFile),
      ),
    uploaded: (local, id) => Promise.resolve(void said.push(`kept ${local} as ${id}`)),
    removeOthers: () => Promise.resolve(),
    sending: () => Promise.resolve([...started]),
    forgetSending: (id) =>
      Promise.resolve(
        void started.splice(
          started.findIndex((each) => each.id === id),
          1,
        ),
      ),
    onPaused(listener) {
      pauseAll = listener;
      return () => undefined;
    },
  };
  const uploads = createUploads({
    client: {
      userId: 'me' as UserId,
      store: {
        outbox: () => Promise.resolve([...rows]),
        onListChange: (listener) => {
          changed = listener;
          return () => undefined;
        },
      },
      outbox: {
        replaceFile(local: MediaId, { mediaId }: Attachment) {
          said.push(`${local} is ${mediaId}`);
          const row = rows.find(
            ({ op }) => 'attachments' in op && op.attachments?.some((each) => each.mediaId === local),
          );
          if (row !== undefined) take(row.id);
          return Promise.resolve();
        },
        fileRefused(id: OpId, { code }: { code: string }) {
          said.push(`${id} refused: ${code}`);
          take(id);
          return Promise.resolve();
        },
      } as never,
    },
    files: files as Files,
    post: (_user, { id }, onProgress, signal) => new Promise((end) => posted.push({ id, signal, onProgress, end })),
    endUpload: (url) => Promise.resolve(said.push(`ended ${url}`) > 0),
    now: () => clock.ms,
    random: () => 0.5,
    onDefect: (error) => said.push(String(error)),
  });
  const change = () => changed({ outbox: 'all' });
  return { uploads, posted, said, started, clock, take, change, pause: (ids: ReadonlySet<MediaId>) => pauseAll(ids) };
}
const ids = (posted: { id: MediaId }[]) => posted.map(({ id }) => id);
const done = (id: string): Uploaded => ({ kind: 'done', file: describedAs(id as MediaId) });

test('[CL14] files are uploaded one of each chat at a time, in the order of their messages', async () => {
  const { posted, said, uploads } = stage([rowWith('m1', a, ['1']), rowWith('m2', a, ['2']), rowWith('m3', b, ['3'])]);
  await expect.poll(() => ids(posted)).toEqual(['local_1', 'local_3']);
  posted[0]?.end(done('server1'));
  await expect.poll(() => ids(posted)).toEqual(['local_1', 'local_3', 'local_2']);
  expect(said).toEqual(['kept local_1 as server1', 'local_1 is server1']);
  uploads.close();
  expect(posted[1]?.signal.aborted).toBe(true);
});

test('[CL14] an upload whose message was taken back is aborted at once, without a report', async () => {
  const { posted, said, take, change, uploads } = stage([rowWith('m1', a, ['1']), rowWith('m2', a, ['2'])]);
  await expect.poll(() => posted).toHaveLength(1);
  take('m1' as OpId);
  change();
  await expect.poll(() => posted[0]?.signal.aborted).toBe(true);
  posted[0]?.end({ kind: 'wait' });
  await expect.poll(() => ids(posted)).toEqual(['local_1', 'local_2']);
  expect(said).toEqual([]);
  uploads.close();
});

test('[CL14] a failed upload is retried once the network is back; a refusal or a lost file makes the message fail', async () => {
  const rows = [rowWith('m1', a, ['1']), rowWith('m2', b, ['2'])];
  const { posted, said, uploads } = stage(rows, ['local_2']);
  await expect.poll(() => said).toEqual(['m2 refused: not_found']);
  posted[0]?.end({ kind: 'wait', ms: 3_600_000 });
  const afterWake = () => {
    uploads.wake();
    return ids(posted);
  };
  await expect.poll(afterWake).toEqual(['local_1', 'local_1']);
  posted[1]?.end({ kind: 'refused', error: syncError('too_large', '', { path: 'quota' }) });
  await expect.poll(() => said).toEqual(['m2 refused: not_found', 'm1 refused: too_large']);
  uploads.close();
});

test('[CL14] a file that changed or disappeared on the disk while it waited makes its message fail, and none of it is sent', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'teamlink-file-'));
  const path = join(folder, 'plan.txt');
  for (const spoil of [() => appendFileSync(path, ' of tomorrow'), () => rmSync(path)]) {
    writeFileSync(path, 'the plan');
    const content = await openAsBlob(path);
    spoil();
    const { posted, said, uploads } = stage([rowWith('m1', a, ['1'])], [], content);
    await expect.poll(() => said).toEqual(['m1 refused: not_found']);
    expect(posted).toEqual([]);
    uploads.close();
  }
  rmSync(folder, { recursive: true });
});

test('[CL16] taking a message back ends its upload on the server too, and a success does not', async () => {
  const { posted, said, started, take, change, uploads } = stage([rowWith('m1', a, ['1']), rowWith('m2', b, ['2'])]);
  await expect.poll(() => posted).toHaveLength(2);
  started.push({ id: localFileId('1'), url: '/one' }, { id: localFileId('2'), url: '/two' });
  take('m1' as OpId);
  change();
  await expect.poll(() => posted[0]?.signal.aborted).toBe(true);
  posted[0]?.end({ kind: 'wait' });
  await expect.poll(() => said).toEqual(['ended /one']);
  expect(started).toEqual([{ id: 'local_2', url: '/two' }]);
  uploads.close();
});

test('[CL16] a paused file stops, and starts again when it is resumed, and other files of its chat do not wait for it', async () => {
  const { posted, pause, uploads } = stage([rowWith('m1', a, ['1']), rowWith('m2', a, ['2'])]);
  await expect.poll(() => ids(posted)).toEqual(['local_1']);
  pause(new Set([localFileId('1')]));
  await expect.poll(() => posted[0]?.signal.aborted).toBe(true);
  posted[0]?.end({ kind: 'wait' });
  await expect.poll(() => ids(posted)).toEqual(['local_1', 'local_2']);
  pause(new Set());
  posted[1]?.end(done('server2'));
  await expect.poll(() => ids(posted)).toEqual(['local_1', 'local_2', 'local_1']);
  uploads.close();
});

test('[CL16] when the network changes, a stalled upload starts over, and one that makes progress is left alone', async () => {
  const { posted, clock, uploads } = stage([rowWith('m1', a, ['1']), rowWith('m2', b, ['2'])]);
  await expect.poll(() => posted).toHaveLength(2);
  clock.ms = 60_000;
  posted[1]?.onProgress(1, 2);
  uploads.wake();
  expect(posted.map(({ signal }) => signal.aborted)).toEqual([true, false]);
  posted[0]?.end({ kind: 'wait' });
  await expect.poll(() => ids(posted)).toEqual(['local_1', 'local_2', 'local_1']);
  uploads.close();
});

test('[CL14] [MD1] files wait for a group that does not exist yet, but not for a direct chat unless it was refused, nor for messages that failed', () => {
  const [group, refused] = ['g:1', 'd:me.zoe'] as [ConversationId, ConversationId];
  const creation = (stream: ConversationId, state: OutboxRow['state']) => ({
    ...rowWith(`c ${stream}`, stream, [], { state }),
    op: { id: `c ${stream}` as OpId, stream, kind: 'conversation.create' as const, memberIds: [] },
  });
  const rows = [
    creation(group, 'queued'),
    rowWith('m1', group, ['1']),
    rowWith('m2', a, ['2'], { state: 'failed' }),
    rowWith('m3', a, ['3']),
    creation(b, 'queued'),
    rowWith('m4', b, ['4']),
    creation(refused, 'failed'),
    rowWith('m5', refused, ['5']),
  ];
  expect([...filesWanted(rows).keys()]).toEqual(['local_3', 'local_4']);
});

test('[ER2] only the server’s own final refusal ends an upload; the page of a proxy, a busy server and a full disk do not', () => {
  const file = describedAs('m' as MediaId);
  const error = (code: string, more = {}) => JSON.stringify({ error: { code, message: '', ...more } });
  expect(outcomeOf(201, JSON.stringify(file))).toEqual({ kind: 'done', file });
  expect(outcomeOf(200, '<html>sign in</html>')).toEqual({ kind: 'wait' });
  expect(outcomeOf(502, '<html>')).toEqual({ kind: 'wait' });
  expect(outcomeOf(507, error('unavailable', { retryAfterMs: 30_000, path: 'disk' }))).toEqual({
    kind: 'wait',
    ms: 30_000,
    isFull: true,
  });
  expect(outcomeOf(401, error('unauthorized'))).toEqual({ kind: 'wait' });
  expect(outcomeOf(413, error('too_large', { path: 'quota' }))).toMatchObject({
    error: { code: 'too_large', path: 'quota' },
  });
  // What a proxy refuses is too large as a file; only a text is too long.
  expect(outcomeOf(413, '<html>')).toMatchObject({ kind: 'refused', error: { code: 'too_large', path: 'file' } });
});
