import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync, readFileSync, write, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';

/*
 * A write-ahead log: what was written and may not be in the database's file yet. It has two files, which take turns: records are
 * appended to one while those of the other are written into the database's file. Each turn has a number, the generation, with
 * which each of its records begins. So a file can be overwritten from its start without being emptied: a record of an older
 * generation ends it, and so does a broken one.
 */

/** Length of the bytes, checksum of everything that follows it, generation. */
const HEAD_BYTES = 16;
const FILES = ['database.log.0', 'database.log.1'];

/**
 * A flush as short as this runs in this thread, because handing it to another thread and back costs as much. Reads wait for it,
 * so longer flushes are left to another thread.
 */
const SHORT_FLUSH_MS = 1.5;
const FIRST_FLUSH_MS = 10;
const FORGET = 0.9;

export interface WriteLog {
  /** Resolves once the bytes are flushed. After a rejection, they count as never written, and the next record takes their place. */
  append(bytes: Buffer): Promise<void>;
  /**
   * The next record starts this generation, which must be later than that of the records before. The content of the other file no
   * longer counts.
   */
  begin(generation: number): void;
  close(): void;
}

/** The records that are later than a generation, oldest first, and the latest generation. */
export function readLog(folder: string, after: number): { records: Buffer[]; latest: number } {
  const turns = FILES.map((name) => readFile(join(folder, name)))
    .filter(({ generation }) => generation > after)
    .sort((a, b) => a.generation - b.generation);
  return {
    records: turns.flatMap(({ records }) => records),
    latest: Math.max(after, ...turns.map(({ generation }) => generation)),
  };
}

export function openWriteLog(folder: string): WriteLog {
  const files = FILES.map((name) => openSync(join(folder, name), 'a'));
  for (const file of files) closeSync(file);
  const handles = FILES.map((name) => openSync(join(folder, name), 'r+'));
  flushFolder(folder);
  let [generation, file, offset] = [0, handles[0] as number, 0];
  /** How long a flush takes now: the longest recent one, which decays with time. */
  let flushMs = FIRST_FLUSH_MS;

  return {
    async append(bytes) {
      const record = recordOf(bytes, generation);
      const startedAt = performance.now();
      try {
        if (flushMs <= SHORT_FLUSH_MS) {
          writeAllSync(file, record, offset);
          fdatasyncSync(file);
        } else {
          await writeAll(file, record, offset);
          await flush(file);
        }
      } catch (error) {
        flushMs = FIRST_FLUSH_MS;
        throw error;
      }
      flushMs = Math.max(performance.now() - startedAt, flushMs * FORGET);
      offset += record.length;
    },
    begin(next) {
      [generation, file, offset] = [next, handles[next % 2] as number, 0];
    },
    close() {
      for (const handle of handles) closeSync(handle);
    },
  };
}

const flush = promisify(fdatasync);
const writePart = promisify(write);

async function writeAll(file: number, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await writePart(file, bytes, done, bytes.length - done, offset + done)).bytesWritten;
}

function writeAllSync(file: number, bytes: Buffer, offset: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, offset + done);
}

function recordOf(bytes: Buffer, generation: number): Buffer {
  const record = Buffer.allocUnsafe(HEAD_BYTES + bytes.length);
  record.writeUInt32LE(bytes.length, 0);
  record.writeBigUInt64LE(BigInt(generation), 8);
  bytes.copy(record, HEAD_BYTES);
  record.writeUInt32LE(crc32(record.subarray(8)), 4);
  return record;
}

/** The records of one turn: those with the generation of the first record, up to the first incomplete one. */
function readFile(path: string): { generation: number; records: Buffer[] } {
  const bytes = readIfThere(path);
  const records: Buffer[] = [];
  let generation = 0;
  for (let at = 0; at + HEAD_BYTES <= bytes.length;) {
    const end = at + HEAD_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length || crc32(bytes.subarray(at + 8, end)) !== bytes.readUInt32LE(at + 4)) break;
    const of = Number(bytes.readBigUInt64LE(at + 8));
    if (records.length > 0 && of !== generation) break;
    generation = of;
    records.push(bytes.subarray(at + HEAD_BYTES, end));
    at = end;
  }
  return { generation, records };
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** A new file survives a power loss only if its folder was flushed too. */
function flushFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
