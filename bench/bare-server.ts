import { createServer } from 'node:http';
import { Server } from 'socket.io';

// The baseline of the real server: Socket.IO that acknowledges a push, delivers it to the other socket in the room, and
// stores nothing.
const http = createServer();
const io = new Server(http, { serveClient: false });
let rev = 0;
io.on('connection', (socket) => {
  const { room } = socket.handshake.auth as { room: string };
  void socket.join(room);
  socket.on('push', (request: { ops: { id: string; stream: string; text: string; sentAt: string }[] }, ack) => {
    const results = request.ops.map(({ id, stream }) => ({ id, ok: true, stream, rev: ++rev, seq: rev }));
    (ack as (answer: unknown) => void)({ results });
    const records = request.ops.map((op) => ({
      ...op,
      type: 'message',
      rev,
      seq: rev,
      senderId: room,
      createdAt: op.sentAt,
    }));
    socket.to(room).emit('changes', { stream: room, prev: rev - 1, cursor: rev, records });
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  process.stdout.write(`ready ${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
