import { type Socket, createConnection } from 'node:net';
import { BSON } from 'mongodb';
import { messageFrame } from './embedded/wire.ts';

/** Runs one command, in the database that the server uses. Rejects with an error that has the command's `code`, like the driver. */
export type RunCommand = (command: object) => Promise<BSON.Document>;

export interface EngineLinks {
  run: RunCommand;
  close(): void;
}

/** Sends one frame and waits for its answer, before it may be used again. */
interface Link {
  ask(frame: Buffer): Promise<Buffer>;
  close(): void;
}

/** A length, three numbers, the flags, and the kind of the only section. */
const HEAD_BYTES = 21;

/**
 * Sends commands to the embedded engine without the driver, whose sessions, monitoring and pool cost three times as much CPU as a
 * command itself. `uri`: the engine's. Each command has a connection to itself, because the engine answers the commands of a
 * connection one after the other.
 */
export function createEngineLinks(uri: string, databaseName: string): EngineLinks {
  const open = new Set<Link>();
  const idle: Link[] = [];
  return {
    async run(command) {
      const body = BSON.serialize({ ...command, $db: databaseName }, { ignoreUndefined: false });
      const link = idle.pop() ?? connect(uri, open);
      // A connection that failed is not used again.
      const answer = BSON.deserialize((await link.ask(messageFrame(0, body))).subarray(HEAD_BYTES));
      idle.push(link);
      if (answer['ok'] !== 1)
        throw Object.assign(new Error(String(answer['errmsg'])), { code: answer['code'] as unknown });
      return answer;
    },
    close() {
      for (const link of open) link.close();
    },
  };
}

function connect(uri: string, open: Set<Link>): Link {
  const socket = socketTo(uri);
  let chunks: Buffer[] = [];
  let size = 0;
  let waiting: { resolve(frame: Buffer): void; reject(error: Error): void } | undefined;
  const link: Link = {
    ask(frame) {
      return new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection to the database has ended'));
        waiting = { resolve, reject };
        socket.write(frame);
      });
    },
    close: () => void socket.destroy(),
  };
  open.add(link);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    open.delete(link);
    waiting?.reject(new Error('the connection to the database has ended'));
  });
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size < 4) return;
    const frame = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    chunks = [frame];
    if (size < frame.readInt32LE(0)) return;
    chunks = [];
    size = 0;
    waiting?.resolve(frame);
    waiting = undefined;
  });
  return link;
}

/** To the path of a socket, or to a port of this machine. */
function socketTo(uri: string): Socket {
  const address = decodeURIComponent(uri.slice('mongodb://'.length));
  const port = /^127\.0\.0\.1:(\d+)$/.exec(address)?.[1];
  return port === undefined ? createConnection(address) : createConnection(Number(port), '127.0.0.1');
}
