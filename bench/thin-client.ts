import { WebSocket } from 'ws';

/** A Socket.IO client that reads only the first characters of a payload, so that the bench measures the server and not the client. */
export interface ThinClient {
  /** Sends an event and resolves with the frame of its acknowledgement. Rejects if the connection ends first. */
  ask(event: string, body: string): Promise<Buffer>;
  /** Sends an event without an acknowledgement. */
  tell(event: string, body: string): void;
  /** Events received so far, without acknowledgements. */
  delivered(): number;
  close(): void;
}

interface ThinOptions {
  /** Compresses every frame, as browsers do. */
  compresses?: boolean;
}

export async function connectThin(
  origin: string,
  cookie: string,
  auth: object,
  { compresses = false }: ThinOptions = {},
): Promise<ThinClient> {
  const url = `${origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { headers: { cookie }, perMessageDeflate: compresses && { threshold: 0 } });
  const waiting = new Map<string, { resolve: (frame: Buffer) => void; reject: (error: Error) => void }>();
  let counter = 0;
  let delivered = 0;
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => {
      const ended = new Error('the connection ended');
      for (const asked of [...waiting.values(), { reject }]) asked.reject(ended);
      waiting.clear();
    });
    socket.on('message', (data: Buffer) => {
      const kind = String.fromCharCode(data[0] ?? 0, data[1] ?? 0);
      if (kind === '42') delivered += 1;
      else if (kind === '43') {
        const id = data.toString('latin1', 2, data.indexOf('['));
        waiting.get(id)?.resolve(data);
        waiting.delete(id);
      } else if (kind === '40') resolve();
      else if (kind === '44') reject(new Error(data.toString()));
      else if (kind.startsWith('0')) socket.send(`40${JSON.stringify(auth)}`);
      else if (kind.startsWith('2')) socket.send('3');
    });
  });
  return {
    ask: (event, body) =>
      new Promise((resolve, reject) => {
        const id = String(counter++);
        waiting.set(id, { resolve, reject });
        socket.send(`42${id}["${event}",${body}]`);
      }),
    tell: (event, body) => socket.send(`42["${event}",${body}]`),
    delivered: () => delivered,
    close: () => socket.terminate(),
  };
}
