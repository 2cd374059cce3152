import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { ConversationId, UserId } from '#protocol/ids.ts';
import { shownFileName } from '#server/media/file-name.ts';
import type { FileStore } from '#server/media/file-store.ts';
import type { MediaRow } from '#server/media/media-row.ts';
import type { Streams } from '#server/streams/streams.ts';

export interface ArchiveParts {
  streams: Pick<Streams, 'conversationsOf' | 'scheduledOf' | 'pull' | 'history'>;
  /** What the accounts know about the person. */
  account(userId: UserId): Promise<object | null>;
  /** What the person reported to the administrator. */
  reportsOf(userId: UserId): AsyncIterable<object>;
  /** The files that the person uploaded. */
  ownFiles(userId: UserId): AsyncIterable<MediaRow>;
  store: Pick<FileStore, 'sizeOf' | 'read'>;
}

const PAGE = 500;
/** The library writes no Zip64, so offsets wrap at 4 GiB and counts at 65,535. This leaves room for the directory at the end. */
const ROOM = { bytes: 3_900_000_000, entries: 60_000 };

const LEFT_OUT =
  'This archive has no room for the files below, because a zip file of its kind is limited in size. You can save them from their chats.';

/**
 * A person's data as the bytes of one zip file: their account, what they told the administrator, every conversation that they can
 * read with one JSON object per line, the messages that they have scheduled, and the files that they uploaded. It is generated
 * while it is sent, so it is never in memory or on disk as a whole. Files for which a zip file has no room are left out and
 * listed in `left-out.txt`. [AC3]
 */
export async function* archiveOf(
  userId: UserId,
  parts: ArchiveParts,
  room: Readonly<typeof ROOM> = ROOM,
): AsyncGenerator<Uint8Array> {
  const made: Uint8Array[] = [];
  const written = { bytes: 0, entries: 0 };
  const leftOut: string[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, bytes) => {
    failure ??= error;
    // An error comes without bytes.
    written.bytes += error === null ? bytes.length : 0;
    made.push(bytes);
  });
  function* out() {
    if (failure !== null) throw failure;
    yield* made.splice(0);
  }
  function add(entry: ZipDeflate | ZipPassThrough) {
    zip.add(entry);
    written.entries += 1;
    return entry;
  }

  const account = add(new ZipDeflate('account.json', { level: 6 }));
  account.push(Buffer.from(`${JSON.stringify(await parts.account(userId), null, 2)}\n`), true);
  yield* out();

  const reported: object[] = [];
  for await (const report of parts.reportsOf(userId)) reported.push(report);
  if (reported.length > 0) {
    const entry = add(new ZipDeflate('reports.jsonl', { level: 6 }));
    entry.push(Buffer.from(reported.map((report) => `${JSON.stringify(report)}\n`).join('')), true);
    yield* out();
  }

  for (const [at, stream] of (await parts.streams.conversationsOf(userId)).entries()) {
    const entry = add(new ZipDeflate(`conversations/${at + 1}.jsonl`, { level: 6 }));
    for await (const records of recordsOf(userId, stream, parts.streams)) {
      entry.push(Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')));
      yield* out();
    }
    entry.push(new Uint8Array(), true);
    yield* out();
  }

  const scheduled = await parts.streams.scheduledOf(userId);
  if (scheduled.length > 0) {
    const entry = add(new ZipDeflate('scheduled.jsonl', { level: 6 }));
    entry.push(Buffer.from(scheduled.map((message) => `${JSON.stringify(message)}\n`).join('')), true);
    yield* out();
  }

  for await (const { _id, name } of parts.ownFiles(userId)) {
    const size = await parts.store.sizeOf(_id);
    if (size === undefined) continue;
    if (written.bytes + size > room.bytes || written.entries >= room.entries) {
      leftOut.push(`${_id}-${shownFileName(name)}\n`);
      continue;
    }
    // Stored uncompressed, because most of them are compressed by their own format.
    const entry = add(new ZipPassThrough(`files/${_id}-${shownFileName(name)}`));
    for await (const bytes of await parts.store.read(_id)) {
      entry.push(bytes as Uint8Array);
      yield* out();
    }
    entry.push(new Uint8Array(), true);
    yield* out();
  }
  if (leftOut.length > 0) {
    const entry = add(new ZipDeflate('left-out.txt', { level: 6 }));
    entry.push(Buffer.from(`${LEFT_OUT}\n\n${leftOut.join('')}`), true);
    yield* out();
  }
  zip.end();
  yield* out();
}

/** The conversation and its members, then its messages from the newest back. It ends early if the person may no longer read. */
async function* recordsOf(
  userId: UserId,
  stream: ConversationId,
  streams: ArchiveParts['streams'],
): AsyncGenerator<readonly object[]> {
  const pulled = await streams.pull({ userId }, { only: [stream], cursors: {} });
  if ('error' in pulled) return;
  yield pulled.streams
    .filter((page) => page.stream === stream)
    .flatMap(({ records }) => records.filter(({ type }) => type === 'conversation' || type === 'member'));
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const page = await streams.history({ userId }, { stream, before, limit: PAGE });
    if ('error' in page) return;
    yield page.records.toReversed();
    const [oldest] = page.records;
    if (!page.more || oldest === undefined) return;
    before = oldest.seq;
  }
}
