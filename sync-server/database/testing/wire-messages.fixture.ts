import { deserialize, serialize } from 'bson';

/*
 * The messages between a driver and a database, as far as a test that intercepts them needs to know: a header of 16 bytes,
 * flags, then sections. A section of kind 0 is the command, one of kind 1 holds the documents of an insert.
 */

const HEADER_BYTES = 16;
const OP_MSG = 2013;
/** The offset after the flags. */
const SECTIONS = HEADER_BYTES + 4;

/** Splits a byte stream into messages of the wire protocol, each of which begins with its length. */
export function eachMessage(take: (message: Buffer) => void): (bytes: Buffer) => void {
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    while (held.length >= HEADER_BYTES && held.length >= held.readInt32LE(0)) {
      const length = held.readInt32LE(0);
      take(held.subarray(0, length));
      held = held.subarray(length);
    }
  };
}

/** The name of a command and, for most commands, its collection. */
export function commandIn(message: Buffer): string[] {
  if (message.readInt32LE(12) !== OP_MSG || message[SECTIONS] !== 0) return [];
  const at = SECTIONS + 1;
  const [first] = Object.entries(deserialize(message.subarray(at, at + message.readInt32LE(at))));
  return first === undefined ? [] : first.map(String);
}

/** The same insert with only its first `count` documents, whether they are in the command or in a section of their own. */
export function firstDocuments(insert: Buffer, count: number): Buffer {
  const section = SECTIONS + 1 + insert.readInt32LE(SECTIONS + 1);
  if (insert[section] !== 1) return withFirstDocuments(insert, section, count);
  let end = insert.indexOf(0, section + 5) + 1;
  for (let n = 0; n < count; n++) end += insert.readInt32LE(end);
  const cut = Buffer.from(insert.subarray(0, end));
  cut.writeInt32LE(end - section - 1, section + 1);
  cut.writeInt32LE(end, 0);
  return cut;
}

function withFirstDocuments(insert: Buffer, end: number, count: number): Buffer {
  const command = deserialize(insert.subarray(SECTIONS + 1, end), { promoteValues: false });
  const documents = (command['documents'] as object[]).slice(0, count);
  const cut = Buffer.concat([insert.subarray(0, SECTIONS + 1), serialize({ ...command, documents })]);
  cut.writeInt32LE(cut.length, 0);
  return cut;
}

/** The answer of a database that the command failed, regardless of whether it did. */
export function failureOf(command: Buffer): Buffer {
  const body = serialize({ ok: 0, code: 1, codeName: 'InternalError', errmsg: 'a test says so' });
  const head = Buffer.alloc(SECTIONS + 1);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(command.readInt32LE(4), 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}
