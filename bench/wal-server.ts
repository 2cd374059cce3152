import { fdatasync, mkdtempSync, openSync, write } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from 'socket.io';

// The cost of durability alone: a Socket.IO server that appends each message to a log file, acknowledges it after the flush and
// delivers it to the other socket in the room. Group commit: one flush for everything that arrived during the last one.
const http = createServer();
const io = new Server(http, { serveClient: false });
const file = openSync(join(mkdtempSync(join(process.argv[2] ?? tmpdir(), 'wal-')), 'log'), 'a');
let rev = 0;
let waiting: { line: string; flushed: () => void }[] = [];
let isFlushing = false;

function flush(): void {
  if (isFlushing || waiting.length === 0) return;
  isFlushing = true;
  const batch = waiting;
  waiting = [];
  const bytes = Buffer.from(batch.map(({ line }) => line).join(''));
  write(file, bytes, 0, bytes.length, null, (failed) => {
    if (failed) throw failed;
    fdatasync(file, (problem) => {
      if (problem) throw problem;
      for (const { flushed } of batch) flushed();
      isFlushing = false;
      flush();
    });
  });
}

io.on('connection', (socket) => {
  const { room } = socket.handshake.auth as { room: string };
  void socket.join(room);
  socket.on('push', (request: { ops: { id: string; stream: string; text: string; sentAt: string }[] }, ack) => {
    const records = request.ops.map((op) => ({
      ...op,
      type: 'message',
      rev: ++rev,
      seq: rev,
      senderId: room,
      createdAt: op.sentAt,
    }));
    waiting.push({
      line: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
      flushed() {
        const results = records.map(({ id, stream, seq }) => ({ id, ok: true, stream, rev: seq, seq }));
        (ack as (answer: unknown) => void)({ results });
        const cursor = records.at(-1)?.rev;
        socket.to(room).emit('changes', { stream: room, prev: (records[0]?.rev ?? 1) - 1, cursor, records });
      },
    });
    // After the other sockets of this turn have been read.
    setImmediate(flush);
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.stdout.write(`ready ${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
