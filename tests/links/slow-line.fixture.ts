import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** What a line does to bytes, in each direction. */
export interface LineShape {
  /** Shared by all connections, as on a phone's link. Absent: no limit. */
  bytesPerSecond?: number;
  /** One way. */
  latencyMs?: number;
  /** The random delay that is added to the latency. A connection's bytes keep their order. */
  jitterMs?: number;
  /** Each connection delivers this many bytes from the server, then nothing more, and does not end. */
  stallAfterBytes?: number;
}

/** A TCP line to a server on this machine that a test makes slow, cuts or lets fall silent. */
export interface SlowLine {
  readonly origin: string;
  shape(shape: LineShape): void;
  /** Closes every connection, and new ones at once. */
  cut(): void;
  mend(): void;
  /** The current connections deliver nothing more, and neither end notices. */
  silence(): void;
  /** What was delivered so far. */
  bytes(): { up: number; down: number };
  /** How many connections were opened so far. */
  opened(): number;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  server: Socket;
  isSilent: boolean;
}

/** The size of a packet; connections take turns by packets. */
const PACKET_BYTES = 1_400;
/** A sender is paused while so much of its connection waits, as by a full buffer of a router. */
const MAX_WAITING_BYTES = 64 * 1024;
const TICK_MS = 5;

export async function openSlowLine(port: number, first: LineShape = {}): Promise<SlowLine> {
  const pairs = new Set<Pair>();
  let isCut = false;
  let opened = 0;
  let shape = first;
  const [up, down] = [openLane(() => shape), openLane(() => shape)];

  const listener = createServer({ noDelay: true }, (client) => {
    client.on('error', () => client.destroy());
    if (isCut) return void client.destroy();
    opened += 1;
    const server = connect({ port, host: '127.0.0.1', noDelay: true });
    const pair: Pair = { client, server, isSilent: false };
    pairs.add(pair);
    // The system's handshake costs nothing here; on a real line it takes a round trip.
    up.carry({
      from: client,
      to: server,
      isSilent: () => pair.isSilent,
      delayMs: 2 * (shape.latencyMs ?? 0),
      // A client that has closed its end answers what still arrives with a reset, and the server stops sending.
      isReset: true,
    });
    down.carry({ from: server, to: client, isSilent: () => pair.isSilent, maxBytes: () => shape.stallAfterBytes });
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
    client.on('close', () => server.closed && pairs.delete(pair));
    server.on('close', () => client.closed && pairs.delete(pair));
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const endAll = () => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  };
  return {
    origin: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    shape: (next) => void (shape = next),
    cut() {
      isCut = true;
      endAll();
    },
    mend: () => void (isCut = false),
    silence() {
      for (const pair of pairs) pair.isSilent = true;
    },
    bytes: () => ({ up: up.delivered(), down: down.delivered() }),
    opened: () => opened,
    async close() {
      endAll();
      up.close();
      down.close();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** One direction of one connection. */
interface Flow {
  from: Socket;
  to: Socket;
  isSilent: () => boolean;
  /** How many bytes it delivers at most. */
  maxBytes?: () => number | undefined;
  /** Before its first byte. */
  delayMs?: number;
  /** The end of the sender ends the other direction too. */
  isReset?: boolean;
}

interface RunningFlow extends Flow {
  waiting: Buffer[];
  waitingBytes: number;
  takenBytes: number;
  /** On their way, in the order in which they arrive. */
  underWay: { dueMs: number; arrive: () => void }[];
  /** When the last packet arrives; later ones don't overtake it. */
  lastDueMs: number;
  hasEnded: boolean;
}

/** One direction of the line: connections take turns, a packet each. */
function openLane(shapeOf: () => LineShape) {
  const flows = new Set<RunningFlow>();
  let delivered = 0;
  let freeMs = 0;

  function carry(given: Flow): void {
    const lastDueMs = performance.now() + (given.delayMs ?? 0);
    const flow: RunningFlow = {
      ...given,
      waiting: [],
      underWay: [],
      waitingBytes: 0,
      takenBytes: 0,
      lastDueMs,
      hasEnded: false,
    };
    flows.add(flow);
    flow.from.on('data', (chunk) => {
      if (flow.isSilent()) return;
      for (let at = 0; at < chunk.length; at += PACKET_BYTES) flow.waiting.push(chunk.subarray(at, at + PACKET_BYTES));
      flow.waitingBytes += chunk.length;
      if (flow.waitingBytes > MAX_WAITING_BYTES) flow.from.pause();
      move();
    });
    flow.from.on('close', () => {
      flow.hasEnded = true;
      move();
    });
  }

  function move(): void {
    const nowMs = performance.now();
    // What the line did not carry in time is lost, up to the length of a tick.
    freeMs = Math.max(freeMs, nowMs - TICK_MS);
    for (let hasMoved = true; hasMoved && freeMs <= nowMs;) {
      hasMoved = false;
      for (const flow of flows) {
        if (freeMs > nowMs || !sendPacket(flow, nowMs)) continue;
        hasMoved = true;
        // It has had its turn. Without this, the first connection with something to send would occupy a slow line alone.
        flows.delete(flow);
        flows.add(flow);
      }
    }
    for (const flow of flows) arrive(flow, nowMs);
  }

  function sendPacket(flow: RunningFlow, nowMs: number): boolean {
    const { bytesPerSecond, latencyMs = 0, jitterMs = 0 } = shapeOf();
    const packet = flow.waiting[0];
    if (packet === undefined) return false;
    if (flow.takenBytes + packet.length > (flow.maxBytes?.() ?? Number.POSITIVE_INFINITY)) return false;
    flow.waiting.shift();
    flow.takenBytes += packet.length;
    flow.waitingBytes -= packet.length;
    if (flow.waitingBytes <= MAX_WAITING_BYTES / 2) flow.from.resume();
    if (bytesPerSecond !== undefined) freeMs += (packet.length * 1_000) / bytesPerSecond;
    flow.lastDueMs = Math.max(flow.lastDueMs, nowMs + latencyMs + Math.random() * jitterMs);
    flow.underWay.push({
      dueMs: flow.lastDueMs,
      arrive() {
        delivered += packet.length;
        flow.to.write(packet);
      },
    });
    return true;
  }

  function arrive(flow: RunningFlow, nowMs: number): void {
    while ((flow.underWay[0]?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs) {
      const next = flow.underWay.shift();
      if (!flow.isSilent() && !flow.to.destroyed) next?.arrive();
    }
    if (flow.hasEnded && flow.waiting.length === 0 && flow.underWay.length === 0) {
      flows.delete(flow);
      if (!flow.isSilent()) flow.to.end(() => flow.isReset === true && flow.to.destroy());
    }
  }

  const timer = setInterval(move, TICK_MS);
  return { carry, delivered: () => delivered, close: () => clearInterval(timer) };
}
