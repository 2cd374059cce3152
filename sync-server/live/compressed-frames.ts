import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** Smaller frames, such as answers to pushes and single messages, cost more CPU to compress than they save in bytes. */
const COMPRESSED_FROM_BYTES = 1_024;
const EXTENSION = 'permessage-deflate';

/**
 * A WebSocket server that compresses large frames (permessage-deflate, RFC 7692), each on its own: no connection keeps a
 * compressor between frames, so an idle one costs no memory for it, and no frame is compressed together with another
 * one's text. docs/decisions/007-large-frames-are-compressed-alone.md
 */
export class CompressingWebSocketServer extends WebSocketServer {
  readonly #maxPayload: number;

  constructor(options: ServerOptions) {
    super({
      ...options,
      perMessageDeflate: {
        threshold: COMPRESSED_FROM_BYTES,
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
      },
    });
    this.#maxPayload = options.maxPayload ?? 0;
  }

  override handleUpgrade(
    request: IncomingMessage,
    connection: Duplex,
    head: Buffer,
    done: (client: WebSocket, request: IncomingMessage) => void,
  ): void {
    super.handleUpgrade(request, connection, head, (client: WebSocket, upgraded: IncomingMessage) => {
      const extensions = (client as unknown as { _extensions: Record<string, Codec> })._extensions;
      const negotiated = extensions[EXTENSION];
      if (negotiated !== undefined) extensions[EXTENSION] = oneShot(negotiated, this.#maxPayload);
      done(client, upgraded);
    });
  }
}

type Done = (error: Error | null, data?: Buffer) => void;

/** What `ws` expects of the extension that it negotiated for a connection. */
interface Codec {
  readonly params: { server_max_window_bits?: number };
  readonly _threshold: number;
  readonly _isServer: boolean;
  compress(data: Buffer | string, isLast: boolean, done: Done): void;
  decompress(data: Buffer, isLast: boolean, done: Done): void;
  cleanup(): void;
}

/** Every message ends with an empty block, whose last bytes are not sent. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** Compresses at once, in this thread, because the prepared frame of a broadcast would overtake one that is compressed elsewhere. */
function oneShot({ params, _threshold, _isServer }: Codec, maxPayload: number): Codec {
  const windowBits = params.server_max_window_bits ?? constants.Z_DEFAULT_WINDOWBITS;
  let fragments: Buffer[] = [];
  let isOver = false;

  /** The fragments of a message share a compressor's state, so they are decompressed together. */
  function decompressed(last: Buffer): Buffer {
    const whole = Buffer.concat([...fragments, last, TAIL]);
    fragments = [];
    return inflateRawSync(whole, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(maxPayload > 0 ? { maxOutputLength: maxPayload } : {}),
    });
  }

  function decompressNow(data: Buffer, isLast: boolean, done: Done): void {
    if (isOver) return;
    if (!isLast) {
      fragments.push(data);
      return done(null, Buffer.alloc(0));
    }
    let message;
    try {
      message = decompressed(data);
    } catch (error) {
      return done(error as Error);
    }
    done(null, message);
  }

  return {
    params,
    _threshold,
    _isServer,
    compress(data, _isLast, done) {
      const flushed = deflateRawSync(data, { windowBits, finishFlush: constants.Z_SYNC_FLUSH });
      done(null, flushed.subarray(0, -TAIL.length));
    },
    // `ws` expects the answer in a later turn; until then it reads nothing more from this connection.
    decompress: (data, isLast, done) => void setImmediate(decompressNow, data, isLast, done),
    cleanup() {
      isOver = true;
      fragments = [];
    },
  };
}
