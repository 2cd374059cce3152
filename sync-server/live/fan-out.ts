import type { UserId } from '#protocol/ids.ts';
import type { Changes } from '#protocol/live.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { type HidesReads, withoutReads } from '#server/streams/hidden-marks.ts';
import { isAnonymousPoll } from '#server/streams/poll-form.ts';
import { recordsFor } from '#server/streams/visibility.ts';
import { inPieces } from './in-pieces.ts';
import { type LiveServer, type LiveSocket, type OpenSockets, roomOf } from './open-sockets.ts';
import { BEHIND, type SlowReaders } from './slow-readers.ts';

export interface FanOutParts {
  io: LiveServer;
  sockets: OpenSockets;
  slowReaders: Pick<SlowReaders, 'beforeChanges'>;
  hidesReads: HidesReads;
}

/**
 * Sends a stream's changes to every device at this server of everybody who may read it, in the form that they may see.
 * A packet that is the same for many readers is encoded once. A lost packet causes delay, but no loss of data. [LV3] [RA1] [RA2] [RA3]
 */
export function fanOut({ io, sockets, slowReaders, hidesReads }: FanOutParts, announcement: Announcement): void {
  const { stream, cursor, records, readers, carried } = announcement;
  const subjects = membersIn(records);
  const lowestSeq = lowestSeqIn(records);
  // A message that is withheld looks different to its sender and to the other person. [BL2]
  const differs = records.some((record) => isAnonymousPoll(record) || isWithheldMessage(record));
  const pieces = inPieces(announcement);
  const alike: string[] = [];
  for (const reader of readers) {
    const open = sockets.ofUser(reader.userId);
    if (open === undefined) continue;
    for (const socket of open) {
      socket.data.moved.set(stream, cursor);
      for (const _ of pieces) slowReaders.beforeChanges(socket);
    }
    if (carried !== undefined) for (const socket of open) noteCarried(socket, carried);
    const room = roomOf(reader.userId);
    const sees = (piece: (typeof pieces)[number]) => recordsFor(piece.records, reader);
    if (subjects.size > 0 && hidesReads(reader.userId))
      for (const piece of pieces) emit(room, { ...piece, records: withoutReads(sees(piece), reader.userId) });
    else if (!differs && lowestSeq >= reader.fromSeq && !subjects.has(reader.userId)) alike.push(room);
    else for (const piece of pieces) emit(room, { ...piece, records: sees(piece) });
  }
  if (alike.length > 0) for (const piece of pieces) emit(alike, { ...piece, records: [...piece.records] });

  function emit(rooms: string | string[], piece: Omit<Changes, 'stream'>): void {
    io.local
      .to(rooms)
      .except(BEHIND)
      .emit('changes', { stream, ...piece });
  }
}

function isWithheldMessage(record: KnownRecord): boolean {
  return record.type === 'message' && record.withheld === true;
}

function noteCarried({ data: { moved } }: LiveSocket, carried: Announcement['carried'] & object): void {
  for (const [conversation, rev] of carried) moved.set(conversation, Math.max(moved.get(conversation) ?? 0, rev));
}

/** The people whose own member records are among these: only they see `fromSeq` in theirs. [RC3] */
function membersIn(records: readonly KnownRecord[]): Set<UserId> {
  return new Set(records.flatMap((record) => (record.type === 'member' ? [record.userId] : [])));
}

function lowestSeqIn(records: readonly KnownRecord[]): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const record of records) if (record.type === 'message') lowest = Math.min(lowest, record.seq);
  return lowest;
}
