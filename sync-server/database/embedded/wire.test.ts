import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { serialize } from 'bson';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWithClient } from './testing/engines.fixture.ts';

let started: Awaited<ReturnType<typeof startWithClient>>;

beforeEach(async () => {
  started = await startWithClient();
});
afterEach(() => started.end());

/** Sends bytes on a new connection, and resolves to everything received when the engine closes it. */
function send(bytes: Buffer, thenEnds = false): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(decodeURIComponent(started.engine.uri.slice('mongodb://'.length)));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The engine may close while bytes are still being sent.
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    if (thenEnds) socket.end(bytes);
    else socket.write(bytes);
  });
}

function frame(opCode: number, payload: Buffer, length = 16 + payload.length): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(opCode, 12);
  return Buffer.concat([head, payload]);
}

function message(body: Uint8Array, kind = 0): Buffer {
  return frame(2013, Buffer.concat([Buffer.alloc(4), Buffer.from([kind]), body]));
}

const ping = serialize({ ping: 1, $db: 'admin' });

describe('wire', () => {
  const broken: [string, Buffer][] = [
    ['a length below a header', frame(2013, Buffer.alloc(0), 3)],
    ['a negative length', frame(2013, Buffer.alloc(0), -5)],
    ['a length above the limit', frame(2013, Buffer.alloc(0), 2_000_000_000)],
    ['an unknown opcode', frame(4711, Buffer.alloc(20))],
    ['no section', frame(2013, Buffer.alloc(4))],
    ['no flags', frame(2013, Buffer.alloc(0))],
    ['an unknown kind of section', message(ping, 7)],
    ['a document longer than its frame', message(Buffer.from([255, 0, 0, 0, 0]))],
    ['a document shorter than a document', message(Buffer.from([1, 0, 0, 0, 0]))],
    ['BSON of an unknown type', message(Buffer.from([8, 0, 0, 0, 0x77, 0x61, 0, 0]))],
    ['a sequence without a name', message(Buffer.from([9, 0, 0, 0, 0x61, 0x61, 0x61, 0x61, 0x61]), 1)],
    ['text instead of a protocol', Buffer.from('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n')],
  ];

  it.each(broken)('%s closes its own connection and no other', async (_, bytes) => {
    const docs = started.client.db('t').collection('docs');
    await docs.insertOne({ a: 1 });
    expect((await send(bytes)).length).toBe(0);
    expect(await docs.countDocuments({})).toBe(1);
  });

  it('random bytes do not affect other connections', async () => {
    const docs = started.client.db('fuzz').collection('docs');
    await docs.insertOne({ a: 'stays' });
    const insert = serialize({ insert: 'docs', $db: 'fuzz', documents: [{ a: 1, list: [{ b: 'x' }] }], ordered: true });
    const find = serialize({
      find: 'docs',
      $db: 'fuzz',
      filter: { a: { $in: ['stays', 2] } },
      sort: { a: 1 },
      limit: 5,
    });
    let state = 20_261_126;
    const below = (n: number) => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % n;
    const mutated = Array.from({ length: 400 }, (_, at) => {
      const bytes = message(at % 2 === 0 ? insert : find);
      for (let n = below(4); n >= 0; n--) bytes[below(4) === 0 ? below(24) : below(bytes.length)] = below(256);
      return bytes;
    });
    for (let at = 0; at < mutated.length; at += 20)
      await Promise.all(mutated.slice(at, at + 20).map((bytes) => send(bytes, true)));
    expect(await docs.findOne({ a: 'stays' })).not.toBeNull();
    await docs.insertOne({ a: 'after' });
    expect(await docs.countDocuments({ a: 'after' })).toBe(1);
  });

  it('reads a frame that arrives byte by byte, and two frames at once', async () => {
    const path = decodeURIComponent(started.engine.uri.slice('mongodb://'.length));
    const replies = await new Promise<number>((resolve, reject) => {
      let size = 0;
      const one = message(ping);
      const socket = connect(path, () => {
        for (const byte of one) socket.write(Buffer.from([byte]));
        socket.write(Buffer.concat([one, one]));
      });
      const reply = 21 + serialize({ ok: 1.5 }).length;
      socket.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size === 3 * reply) {
          socket.destroy();
          resolve(size / reply);
        }
      });
      socket.on('error', reject);
    });
    expect(replies).toBe(3);
  });

  it('reports a violated unique index, in a bulk and for findAndModify', async () => {
    const docs = started.client.db('t').collection<{ _id: number; a?: number }>('docs');
    await docs.createIndex({ a: 1 }, { unique: true }, {});
    await docs.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
    ]);
    // The driver's own error keeps neither of the two, so the command is sent directly.
    const bulk = await started.client.db('t').command({
      insert: 'docs',
      documents: [
        { _id: 3, a: 3 },
        { _id: 4, a: 1 },
        { _id: 5, a: 5 },
        { _id: 5, a: 6 },
      ],
      ordered: false,
    });
    expect(bulk).toMatchObject({
      n: 2,
      writeErrors: [
        { index: 1, code: 11000, keyPattern: { a: 1 }, keyValue: { a: 1 } },
        { index: 3, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 5 } },
      ],
    });
    const ordered = docs.insertMany([
      { _id: 6, a: 6 },
      { _id: 7, a: 1 },
      { _id: 8, a: 8 },
    ]);
    await expect(ordered).rejects.toMatchObject({ code: 11000, result: { insertedCount: 1 } });
    await expect(docs.findOneAndUpdate({ _id: 1 }, { $set: { a: 2 } })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { a: 1 },
      keyValue: { a: 2 },
    });
  });

  it('adds no listeners while it waits for a slow reader', async () => {
    const docs = started.client.db('t').collection('docs');
    await docs.insertOne({ text: 'x'.repeat(1_000_000) });
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    for (let at = 0; at < 12; at++) await docs.findOne({});
    await turn();
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('continues a cursor on another connection, and drops a closed one', async () => {
    const docs = started.client.db('t').collection('docs');
    await docs.insertMany(Array.from({ length: 1000 }, (_, n) => ({ n })));
    const sizes = await Promise.all(
      Array.from({ length: 8 }, async () => (await docs.find({}, { batchSize: 50 }).toArray()).length),
    );
    expect(sizes).toEqual(Array.from({ length: 8 }, () => 1000));
    const cursor = docs.find({}, { batchSize: 10 });
    await cursor.next();
    const id = cursor.id;
    await cursor.close();
    await expect(started.client.db('t').command({ getMore: id, collection: 'docs' })).rejects.toMatchObject({
      code: 43,
    });
  });
});
