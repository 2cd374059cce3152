import type { Socket } from 'node:net';
import { deserialize, serialize } from 'bson';
import { CommandError } from './errors.ts';
import { type Doc, asStored, decode, isDoc } from './doc.ts';

/*
 * MongoDB's wire protocol: OP_MSG, and OP_QUERY for the first hello of a connection. A malformed frame or document closes
 * its own connection, and affects nothing else.
 */

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Requests that are read before earlier ones are answered. Beyond them, a client that does not read blocks its own socket. */
const MAX_PENDING = 64;
export const MAX_MESSAGE_BYTES = 48_000_000;

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** A command: the body with its number types, and bulk documents as bytes. */
export interface Request {
  body: Doc;
  /** Sections of kind 1, by name (`documents`, `updates`, `deletes`); stored without being encoded again. */
  sequences: Map<string, Buffer[]>;
}

/** The stored bytes in `batch` become `cursor.firstBatch` or `cursor.nextBatch` without being encoded again. */
export interface Reply {
  body: Doc;
  batch?: { name: 'firstBatch' | 'nextBatch'; documents: Uint8Array[]; ns: string; cursorId: bigint };
}

export type Handler = (request: Request) => Promise<Reply>;

/** Serves one connection until it closes. Answers its requests in order; writes of several connections overlap. */
export function serveConnection(socket: Socket, handle: Handler): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let needed = 16;
  let pending = 0;
  let queue: Promise<void> = Promise.resolve();
  // One listener per connection is enough, because only one answer at a time waits for a slow reader.
  let wake = (): void => undefined;
  const drained = () => new Promise<void>((resolve) => (wake = resolve));
  socket.on('drain', () => wake());
  socket.on('close', () => wake());
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    // Chunks are joined once a frame is complete: joining at every chunk would be quadratic in its length.
    if (size < needed) return;
    let buffer = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    while (buffer.length >= 16) {
      const length = buffer.readInt32LE(0);
      if (length < 16 || length > MAX_MESSAGE_BYTES) {
        socket.destroy();
        return;
      }
      needed = length;
      if (buffer.length < length) break;
      needed = 16;
      const frame = buffer.subarray(0, length);
      buffer = buffer.subarray(length);
      if (++pending >= MAX_PENDING) socket.pause();
      queue = queue
        .then(() => answer(socket, frame, handle, drained))
        .finally(() => {
          if (--pending < MAX_PENDING) socket.resume();
        });
    }
    chunks = buffer.length === 0 ? [] : [buffer];
    size = buffer.length;
  });
}

async function answer(socket: Socket, frame: Buffer, handle: Handler, drained: () => Promise<void>): Promise<void> {
  if (socket.destroyed) return;
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  let parsed: { request: Request; isSilent: boolean };
  try {
    if (opCode === OP_MSG) parsed = parseMessage(frame);
    else if (opCode === OP_QUERY) parsed = { request: parseQuery(frame), isSilent: false };
    else throw new Error(`opcode ${opCode}`);
  } catch {
    // The client does not speak this protocol, so no answer would be understood.
    socket.destroy();
    return;
  }
  const reply = await handle(parsed.request);
  if (parsed.isSilent || socket.destroyed) return;
  const document = encodeReply(reply);
  const isDrained = socket.write(
    opCode === OP_MSG ? messageFrame(requestId, document) : replyFrame(requestId, document),
  );
  if (!isDrained && !socket.destroyed) await drained();
}

export function parseMessage(frame: Buffer): { request: Request; isSilent: boolean } {
  const flags = frame.readUInt32LE(16);
  const end = (flags & CHECKSUM_PRESENT) !== 0 ? frame.length - 4 : frame.length;
  let body: Doc | undefined;
  const sequences = new Map<string, Buffer[]>();
  let at = 20;
  while (at < end) {
    const kind = frame[at++];
    const size = frame.readInt32LE(at);
    if (size < 5 || at + size > end) throw new Error('section out of bounds');
    if (kind === 0) body = decodeBody(frame.subarray(at, at + size));
    else if (kind === 1) {
      const nameEnd = frame.indexOf(0, at + 4);
      if (nameEnd === -1 || nameEnd >= at + size) throw new Error('section without a name');
      const documents: Buffer[] = [];
      let next = nameEnd + 1;
      while (next < at + size) {
        const length = frame.readInt32LE(next);
        if (length < 5 || next + length > at + size) throw new Error('document out of bounds');
        documents.push(frame.subarray(next, next + length));
        next += length;
      }
      sequences.set(frame.toString('utf8', at + 4, nameEnd), documents);
    } else throw new Error('unknown section');
    at += size;
  }
  if (body === undefined) throw new Error('no body');
  return { request: { body, sequences }, isSilent: (flags & MORE_TO_COME) !== 0 };
}

const insertStart = Buffer.from('\x02insert\0', 'latin1');

/** The documents of an insert remain bytes, because they are stored as they came. */
function decodeBody(bytes: Buffer): Doc {
  const isInsert = bytes.subarray(4, 4 + insertStart.length).equals(insertStart);
  return isInsert ? deserialize(bytes, { ...asStored, fieldsAsRaw: { documents: true } }) : decode(bytes);
}

function parseQuery(frame: Buffer): Request {
  const nameEnd = frame.indexOf(0, 20);
  if (nameEnd === -1) throw new Error('no collection name');
  const body = decode(frame.subarray(nameEnd + 9));
  return { body: { ...body, $db: 'admin' }, sequences: new Map() };
}

function encodeReply({ body, batch }: Reply): Buffer {
  const head = Buffer.from(serialize(body));
  if (batch === undefined) return head;
  const cursor = element(
    0x03,
    'cursor',
    document([
      element(0x04, batch.name, array(batch.documents)),
      element(0x12, 'id', long(batch.cursorId)),
      element(0x02, 'ns', text(batch.ns)),
    ]),
  );
  const out = Buffer.concat([head.subarray(0, 4), cursor, head.subarray(4)]);
  out.writeInt32LE(out.length, 0);
  return out;
}

function array(documents: Uint8Array[]): Buffer {
  return document(documents.map((bytes, at) => element(0x03, String(at), bytes)));
}

function document(elements: Buffer[]): Buffer {
  const out = Buffer.concat([Buffer.alloc(4), ...elements, Buffer.from([0])]);
  out.writeInt32LE(out.length, 0);
  return out;
}

function element(type: number, name: string, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type]), Buffer.from(name), Buffer.from([0]), value]);
}

function long(value: bigint): Buffer {
  const out = Buffer.alloc(8);
  out.writeBigInt64LE(value);
  return out;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const out = Buffer.alloc(5 + bytes.length);
  out.writeInt32LE(bytes.length + 1, 0);
  bytes.copy(out, 4);
  return out;
}

let nextId = 1;

/** `responseTo` is 0 in a request. */
export function messageFrame(responseTo: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(21);
  header(head, 21 + body.length, responseTo, OP_MSG);
  return Buffer.concat([head, body]);
}

function replyFrame(responseTo: number, body: Buffer): Buffer {
  const head = Buffer.alloc(36);
  header(head, 36 + body.length, responseTo, OP_REPLY);
  head.writeInt32LE(8, 16); // AwaitCapable, as MongoDB sets it
  head.writeInt32LE(1, 32);
  return Buffer.concat([head, body]);
}

function header(out: Buffer, length: number, responseTo: number, opCode: number): void {
  out.writeInt32LE(length, 0);
  out.writeInt32LE(nextId++ & 0x7fffffff, 4);
  out.writeInt32LE(responseTo, 8);
  out.writeInt32LE(opCode, 12);
}

/** Documents of a bulk command, from its own sequence or inline in the body. */
export function documentsOf(request: Request, name: string): { doc: Doc; bytes: Buffer | null }[] {
  const sequence = request.sequences.get(name);
  if (sequence !== undefined) return sequence.map((bytes) => ({ doc: decodeOrRefuse(bytes), bytes }));
  const inline = request.body[name];
  if (!Array.isArray(inline)) throw new CommandError('FailedToParse', `the field '${name}' must be an array`);
  return inline.map((doc: unknown) => {
    if (doc instanceof Uint8Array) {
      const bytes = Buffer.from(doc.buffer, doc.byteOffset, doc.byteLength);
      return { doc: decodeOrRefuse(bytes), bytes };
    }
    if (!isDoc(doc)) throw new CommandError('TypeMismatch', `the field '${name}' must hold documents`);
    return { doc, bytes: null };
  });
}

function decodeOrRefuse(bytes: Buffer): Doc {
  try {
    return decode(bytes);
  } catch {
    throw new CommandError('InvalidBSON', 'a document is not valid BSON');
  }
}
