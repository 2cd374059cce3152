import type { Database } from 'lmdb';
import { type Change, Changes, decodeChanges } from './changes.ts';
import { CommandError } from './errors.ts';
import { readLog } from './write-log.ts';

/** In one transaction of lmdb; reads wait for it. */
const PUTS_AT_ONCE = 500;
/** The generation of the log up to which everything is in the file. */
const drainedKey = Buffer.from([0, 1]);

/** Writes what a crash has left in the log into the file. Returns the latest generation. */
export function restore(db: Database<Buffer, Buffer>, folder: string): number {
  const stored = db.getBinary(drainedKey);
  const drained = stored === undefined ? 0 : Number(stored.readBigUInt64BE());
  const { records, latest } = readLog(folder, drained);
  if (latest === drained) return drained;
  const changes = new Changes();
  for (const record of records) decodeChanges(record, changes);
  db.transactionSync(() => put(db, [...changes.all()], latest));
  return latest;
}

/**
 * In one transaction: if it fails, nothing has changed. With `drained`, everything up to this generation of the log is in the file
 * afterwards. Throws OutOfDiskSpace.
 */
export async function putAtOnce(db: Database<Buffer, Buffer>, changes: Change[], drained?: number): Promise<void> {
  try {
    // A child transaction, because only that is rolled back when its callback throws.
    await db.childTransaction(() => put(db, changes, drained));
  } catch (error) {
    // Unhandled, its rejection would end the process.
    const { commitError } = error as { commitError?: unknown };
    if (commitError instanceof Promise) commitError.catch(() => undefined);
    throw diskFull();
  }
}

/** The same in several transactions, so that no read waits long: if one fails, a part may have been written. */
export async function putInParts(db: Database<Buffer, Buffer>, changes: Change[], drained: number): Promise<void> {
  for (let at = 0; at < changes.length; at += PUTS_AT_ONCE) {
    const isLast = at + PUTS_AT_ONCE >= changes.length;
    await putAtOnce(db, changes.slice(at, at + PUTS_AT_ONCE), isLast ? drained : undefined);
  }
}

function put(db: Database<Buffer, Buffer>, changes: Change[], drained: number | undefined): void {
  for (const { key, value } of changes) {
    if (value === null) db.removeSync(key);
    else db.putSync(key, value);
  }
  if (drained !== undefined) db.putSync(drainedKey, generationBytes(drained));
}

function generationBytes(generation: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(generation));
  return bytes;
}

export function diskFull(): CommandError {
  return new CommandError('OutOfDiskSpace', 'the disk is full; nothing of this batch was written');
}
