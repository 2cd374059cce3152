import type { KnownRecord, MessageRecord } from '#protocol/record.ts';
import type { Reader } from './announcement.ts';
import { type Entry, held } from './entry.ts';
import { mayRead } from '#protocol/policies.ts';
import { pollFor } from './poll-form.ts';

/**
 * A record as one reader may see it, or undefined if they may not. Messages before their first readable seq are hidden in
 * every version, `fromSeq` is only in their own member record, and of an anonymous poll they see their own vote. [RC3] [RA2]
 * [PO3]
 */
export function formFor(record: KnownRecord, reader: Reader): KnownRecord | undefined {
  if (record.type === 'message') {
    if (!mayRead(reader.fromSeq, record.seq)) return undefined;
    return record.withheld === true ? withheldForm(record, reader) : pollFor(record, reader.userId);
  }
  if (record.type === 'member' && record.userId === reader.userId) return { ...record, fromSeq: reader.fromSeq };
  return record;
}

/**
 * Its sender sees nothing unusual; the other person gets an empty message in its place, which looks like a deleted one in an
 * older app. [BL2]
 */
function withheldForm({ withheld, ...record }: MessageRecord, reader: Reader): MessageRecord {
  if (record.senderId === reader.userId) return record;
  const { type, id, stream, rev, seq, senderId, sentAt, createdAt } = record;
  const place = { type, id, stream, rev, seq, senderId, sentAt, createdAt };
  const nothing = { text: '', attachments: [], mentions: [], reactions: {}, deletedAt: createdAt };
  return { ...place, ...nothing, ...(withheld === undefined ? {} : { withheld }) };
}

/** The records of a change or a page as one reader may see them. Omitting some does not break the chain of revs. */
export function recordsFor(records: readonly KnownRecord[], reader: Reader): KnownRecord[] {
  return records.flatMap((record) => formFor(record, reader) ?? []);
}

/** Stored versions in their order, as one reader may see them. Of two versions of a record only the higher one is kept. */
export function visible(entries: readonly Entry[], reader: Reader): KnownRecord[] {
  const newest = new Map<string, number>();
  for (const { id, rev } of entries) newest.set(id, Math.max(rev, newest.get(id) ?? 0));
  return entries.flatMap((entry) => {
    const record = newest.get(entry.id) === entry.rev ? held(entry)?.record : undefined;
    return record === undefined ? [] : (formFor(record, reader) ?? []);
  });
}
