import type { KnownRecord } from '#protocol/record.ts';
import type { Reader } from './announcement.ts';
import { type Entry, held } from './entry.ts';
import { mayRead } from '#protocol/policies.ts';

/**
 * A record as one reader may see it; undefined where he may not. Messages from before his first readable seq are hidden
 * in every version, and `fromSeq` stands only in his own member record. [RC3] [RA2]
 */
export function formFor(record: KnownRecord, reader: Reader): KnownRecord | undefined {
  if (record.type === 'message') return mayRead(reader.fromSeq, record.seq) ? record : undefined;
  if (record.type === 'member' && record.userId === reader.userId) return { ...record, fromSeq: reader.fromSeq };
  return record;
}

/** The records of a change or a page as one reader may see them; the chain of revs holds whatever is left out. */
export function recordsFor(records: readonly KnownRecord[], reader: Reader): KnownRecord[] {
  return records.flatMap((record) => formFor(record, reader) ?? []);
}

/** Stored versions, in their order, as one reader may see them; of two versions of a record the higher one stays. */
export function visible(entries: readonly Entry[], reader: Reader): KnownRecord[] {
  const newest = new Map<string, number>();
  for (const { id, rev } of entries) newest.set(id, Math.max(rev, newest.get(id) ?? 0));
  return entries.flatMap((entry) => {
    const record = newest.get(entry.id) === entry.rev ? held(entry)?.record : undefined;
    return record === undefined ? [] : (formFor(record, reader) ?? []);
  });
}
