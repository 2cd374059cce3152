import type { KnownRecord } from '#protocol/record.ts';
import type { Reader } from './announcement.ts';
import { type Entry, held } from './entry.ts';
import { mayRead } from '#protocol/policies.ts';

/**
 * A record as one reader may see it, or undefined if they may not. Messages before their first readable seq are hidden in
 * every version, and `fromSeq` is only in their own member record. [RC3] [RA2]
 */
export function formFor(record: KnownRecord, reader: Reader): KnownRecord | undefined {
  if (record.type === 'message') return mayRead(reader.fromSeq, record.seq) ? record : undefined;
  if (record.type === 'member' && record.userId === reader.userId) return { ...record, fromSeq: reader.fromSeq };
  return record;
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
