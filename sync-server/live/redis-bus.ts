import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { type Log, safeError } from '#server/logging.ts';
import { PeerMessage, type Peers } from './server-bus.ts';

/** How long a message stands in Redis: whoever was away longer goes by `heads`. Deleted texts are gone from there too. */
const KEPT_MS = 30_000;
const READ_AT_ONCE = 200;
const BLOCK_MS = 2_000;
const AGAIN_AFTER_MS = 500;
const ANSWER_MS = 4_000;
/** Longer, because a machine that has just started is slow, and a server that gives up has to be started again. */
const START_MS = 15_000;
/** Beyond so many unanswered writes Redis is too slow, and messages are dropped. */
const MAX_UNANSWERED = 1_000;

/** Why a start can't go on, in one sentence for the operator. */
export class PeersRefused extends Error {
  override readonly name = 'PeersRefused';
}

/**
 * Servers tell each other through one Redis stream per database: in order for each teller, and a short loss of the
 * connection loses nothing. At start Redis must answer, for a wrong address is a mistake; later its absence is only a
 * delay. Rejects with PeersRefused.
 */
export async function openRedisPeers(url: string, epoch: string, log: Log): Promise<Peers> {
  const { createClient } = await load();
  const key = `teamlink:${epoch}`;
  const me = crypto.randomUUID();
  const open = () => {
    const client = createClient({
      url,
      // What can't be told now is not told later: nothing piles up.
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_UNANSWERED,
      socket: { connectTimeout: ANSWER_MS, reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 5_000) },
    });
    client.on('error', (error: unknown) => log.warn({ error: safeError(error) }, 'the connection to Redis failed'));
    return client;
  };
  const [writer, reader] = [open(), open()];
  let isClosed = false;
  let hear: Parameters<Peers['listen']>[0] = () => undefined;
  let last: string;
  try {
    await inTime(Promise.all([writer.connect(), reader.connect()]), START_MS);
    last = (await inTime(reader.xRevRange(key, '+', '-', { COUNT: 1 }), START_MS))[0]?.id ?? '0-0';
  } catch (error) {
    for (const client of [writer, reader]) client.destroy();
    throw new PeersRefused('Redis at the address in REDIS_URL does not answer', { cause: error });
  }

  let waiting: PeerMessage[] = [];
  const send = async () => {
    const messages = waiting;
    waiting = [];
    try {
      const fields = { from: me, messages: JSON.stringify(messages) };
      const oldest = Date.now() - KEPT_MS;
      await writer
        .multi()
        .xAdd(key, '*', fields, { TRIM: { strategy: 'MINID', strategyModifier: '=', threshold: oldest } })
        .pExpire(key, KEPT_MS)
        .exec();
    } catch (error) {
      log.debug({ error: safeError(error) }, 'other servers were not told');
    }
  };

  const poll = async () => {
    while (!isClosed) {
      try {
        const answer = await reader.xRead({ key, id: last }, { BLOCK: BLOCK_MS, COUNT: READ_AT_ONCE });
        const [stream] = v.parse(Answer, answer ?? []);
        for (const { id, message } of stream?.messages ?? []) {
          last = id;
          if (message.from !== me) for (const each of messagesIn(message.messages)) hear(each, message.from);
        }
      } catch (error) {
        if (isClosed) return;
        log.debug({ error: safeError(error) }, 'other servers were not heard');
        await setTimeout(AGAIN_AFTER_MS);
      }
    }
  };
  const polling = poll();

  return {
    areThere: true,
    tell(message) {
      // What one turn tells goes as one.
      if (waiting.length === 0) setImmediate(() => void send());
      waiting.push(message);
    },
    listen(listener) {
      hear = listener;
    },
    async close() {
      isClosed = true;
      if (waiting.length > 0) await inTime(send(), ANSWER_MS);
      for (const client of [writer, reader]) client.destroy();
      await polling;
    },
  };
}

const Answer = v.array(
  v.object({
    messages: v.array(v.object({ id: v.string(), message: v.object({ from: v.string(), messages: v.string() }) })),
  }),
);

function messagesIn(text: string): PeerMessage[] {
  const all: unknown = JSON.parse(text);
  if (!Array.isArray(all)) return [];
  return all.flatMap((each) => {
    const parsed = v.safeParse(PeerMessage, each);
    return parsed.success ? [parsed.output] : [];
  });
}

async function load() {
  try {
    return await import('redis');
  } catch (error) {
    throw new PeersRefused('REDIS_URL is set, but the package `redis` is not installed', { cause: error });
  }
}

async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const ending = new AbortController();
  const late = setTimeout(ms, undefined, { signal: ending.signal }).then(() => {
    throw new Error('no answer in time');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    ending.abort();
  }
}
