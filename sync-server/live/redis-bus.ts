import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import { createDeadline } from '#server/auth/deadline.ts';
import { type Log, safeError } from '#server/logging.ts';
import { BusMessage, type ServerBus, noBus } from './server-bus.ts';

/** How long Redis keeps a message. A server that was away longer relies on `heads`. Deleted texts leave Redis by then too. */
const KEPT_MS = 30_000;
const MAX_MESSAGES_PER_READ = 200;
const BLOCK_MS = 2_000;
const RETRY_AFTER_MS = 500;
const ANSWER_MS = 4_000;
/** Longer, because a machine that has just started is slow, and a server that gives up must be started again by hand. */
const START_MS = 15_000;
/** With more unanswered writes than this, Redis is too slow, and messages are dropped. */
const MAX_UNANSWERED = 1_000;

/** Why a start cannot continue, in one sentence for the operator. */
export class BusRefused extends Error {
  override readonly name = 'BusRefused';
}

/** Without an address, the server has no others. Rejects with BusRefused. */
export function openBus(url: string | undefined, epoch: string, log: Log): Promise<ServerBus> {
  return url === undefined ? Promise.resolve(noBus) : openRedisBus(url, epoch, log);
}

/**
 * Servers talk through one Redis stream per database: messages of one sender stay in order, and a short loss of the
 * connection loses nothing. At start Redis must answer, because a wrong address is a mistake; later its absence is only
 * a delay. Rejects with BusRefused.
 */
async function openRedisBus(url: string, epoch: string, log: Log): Promise<ServerBus> {
  const { createClient } = await load();
  const key = `teamlink:${epoch}`;
  const me = crypto.randomUUID();
  const open = () => {
    const client = createClient({
      url,
      // A message that cannot be sent now is dropped, so nothing piles up.
      disableOfflineQueue: true,
      commandsQueueMaxLength: MAX_UNANSWERED,
      socket: { connectTimeout: ANSWER_MS, reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 5_000) },
    });
    client.on('error', (error: unknown) => log.warn({ error: safeError(error) }, 'the connection to Redis failed'));
    return client;
  };
  const [writer, reader] = [open(), open()];
  let isClosed = false;
  let receive: Parameters<ServerBus['subscribe']>[0] = () => undefined;
  let last: string;
  try {
    await createDeadline(START_MS).bound(Promise.all([writer.connect(), reader.connect()]));
    last = (await createDeadline(START_MS).bound(reader.xRevRange(key, '+', '-', { COUNT: 1 })))[0]?.id ?? '0-0';
  } catch (error) {
    for (const client of [writer, reader]) client.destroy();
    throw new BusRefused('Redis at the address in REDIS_URL does not answer', { cause: error });
  }

  let pending: BusMessage[] = [];
  const send = async () => {
    const messages = pending;
    pending = [];
    try {
      const fields = { from: me, messages: JSON.stringify(messages) };
      const oldest = Date.now() - KEPT_MS;
      await writer
        .multi()
        .xAdd(key, '*', fields, { TRIM: { strategy: 'MINID', strategyModifier: '=', threshold: oldest } })
        .pExpire(key, KEPT_MS)
        .exec();
    } catch (error) {
      log.debug({ error: safeError(error) }, 'messages to other servers were lost');
    }
  };

  const poll = async () => {
    while (!isClosed) {
      try {
        const answer = await reader.xRead({ key, id: last }, { BLOCK: BLOCK_MS, COUNT: MAX_MESSAGES_PER_READ });
        const [stream] = v.parse(Answer, answer ?? []);
        for (const { id, message } of stream?.messages ?? []) {
          last = id;
          if (message.from !== me) for (const each of messagesIn(message.messages)) receive(each, message.from);
        }
      } catch (error) {
        if (isClosed) return;
        log.debug({ error: safeError(error) }, 'messages of other servers could not be read');
        await setTimeout(RETRY_AFTER_MS);
      }
    }
  };
  const polling = poll();

  return {
    hasPeers: true,
    publish(message) {
      // Messages of one turn are sent as one.
      if (pending.length === 0) setImmediate(() => void send());
      pending.push(message);
    },
    subscribe(subscriber) {
      receive = subscriber;
    },
    async close() {
      isClosed = true;
      if (pending.length > 0) await createDeadline(ANSWER_MS).bound(send());
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

function messagesIn(text: string): BusMessage[] {
  const all: unknown = JSON.parse(text);
  if (!Array.isArray(all)) return [];
  return all.flatMap((each) => {
    const parsed = v.safeParse(BusMessage, each);
    return parsed.success ? [parsed.output] : [];
  });
}

async function load() {
  try {
    return await import('redis');
  } catch (error) {
    throw new BusRefused('REDIS_URL is set, but the package `redis` is not installed', { cause: error });
  }
}
