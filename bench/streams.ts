import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConversationId, type UserId, directStream, uuidV7 } from '#protocol/ids.ts';
import { openDatabase } from '#server/database/connect.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { createMongoEntryStore } from '#server/streams/mongo-entry-store.ts';

/*
 * Durable sends in this process, 200 senders with a window of 16 each, compared with a bare insertMany of as many documents
 * of the same size; then how long send, pull and history take in a chat of 10,000 and of 200,000 messages.
 * `npm run bench bench/streams.ts [messages in the large chat] [worker.js]`
 */
const SENDERS = 200;
const WINDOW = 16;
const PER_SENDER = 100;
const large = Number(process.argv[2] ?? 200_000);
const worker = process.argv[3];

let counter = 0;
const nextId = () =>
  uuidV7(
    Date.now(),
    new Uint8Array(10).map((_, at) => (++counter >> (at * 3)) & 0xff),
  );
const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const database = await openDatabase({
  dataDir,
  ...(worker === undefined ? {} : { workerUrl: new URL(worker, `file://${process.cwd()}/`) }),
});
const people = { find: (ids: readonly UserId[]) => Promise.resolve(new Map(ids.map((id) => [id, { name: id }]))) };
const streams = await createStreams({
  store: createMongoEntryStore(database),
  people,
  announce: () => undefined,
  now: Date.now,
  onDefect: (error) => console.error(error),
});
const report = (line: string) => process.stdout.write(`${line}\n`);

async function push(userId: UserId, ...ops: object[]): Promise<void> {
  const answer = await streams.push({ userId }, { ops });
  if ('error' in answer || answer.results.some(({ ok }) => !ok)) throw new Error(JSON.stringify(answer));
}
const send = (stream: ConversationId, text: string) => ({
  id: nextId(),
  stream,
  kind: 'message.send',
  text,
  sentAt: new Date().toISOString(),
});

async function makeChats(): Promise<{ user: UserId; stream: ConversationId }[]> {
  const chats = Array.from({ length: SENDERS }, (_, at) => {
    const user = `sender${at}` as UserId;
    return { user, stream: directStream(user, `peer${at}` as UserId) };
  });
  for (const { user, stream } of chats)
    await push(user, { id: nextId(), stream, kind: 'conversation.create', memberIds: [] });
  return chats;
}

async function throughput(chats: { user: UserId; stream: ConversationId }[]): Promise<number> {
  const started = performance.now();
  await Promise.all(
    chats.flatMap(({ user, stream }) =>
      Array.from({ length: WINDOW }, async (_, slot) => {
        for (let n = slot; n < PER_SENDER; n += WINDOW)
          await push(user, send(stream, `message ${n} of some forty characters`));
      }),
    ),
  );
  return (SENDERS * PER_SENDER * 1000) / (performance.now() - started);
}

/** The baseline: as many documents of the same size, in batches as large as the window allows. */
async function bare(): Promise<number> {
  const plain = database.connection.collection('bench');
  await plain.createIndex({ stream: 1, rev: 1 }, { unique: true }, {});
  const started = performance.now();
  for (let from = 0; from < SENDERS * PER_SENDER; from += SENDERS * WINDOW)
    await plain.insertMany(
      Array.from({ length: SENDERS * WINDOW }, (_, at) => ({
        _id: nextId() as never,
        stream: 's',
        rev: from + at,
        body: 'x'.repeat(420),
      })),
    );
  const per = (Math.ceil(PER_SENDER / WINDOW) * SENDERS * WINDOW * 1000) / (performance.now() - started);
  await plain.drop();
  return per;
}

async function median(run: () => Promise<unknown>, times = 200): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const started = performance.now();
    await run();
    took.push(performance.now() - started);
  }
  return took.sort((a, b) => a - b)[times >> 1] ?? 0;
}

async function costs(user: UserId, stream: ConversationId): Promise<Record<string, number>> {
  const head = await streams.pull({ userId: user }, { cursors: {}, only: [stream] });
  const page = 'error' in head ? undefined : head.streams[0];
  const cursor = (page?.cursor ?? 0) - 50;
  return {
    send: await median(() => push(user, send(stream, 'one more'))),
    pull: await median(() =>
      streams.pull({ userId: user }, { cursors: { [stream]: cursor }, only: [stream], limit: 50 }),
    ),
    history: await median(() => streams.history({ userId: user }, { stream, before: 5_000, limit: 50 })),
  };
}

try {
  const chats = await makeChats();
  await throughput(chats);
  const rounds: (readonly [number, number])[] = [];
  for (let round = 0; round < 5; round++) rounds.push([await throughput(chats), await bare()] as const);
  const middle = (at: 0 | 1) => rounds.map((pair) => pair[at]).sort((a, b) => a - b)[2] ?? 0;
  report(`durable sends/s, 200 senders, window 16, own chats   ${middle(0).toFixed(0)}`);
  report(
    `bare insertMany documents/s, batches of 3,200        ${middle(1).toFixed(0)}   (ratio ${(middle(0) / middle(1)).toFixed(2)})`,
  );

  const [user, stream] = ['reader' as UserId, directStream('reader' as UserId, 'writer' as UserId)];
  await push(user, { id: nextId(), stream, kind: 'conversation.create', memberIds: [] });
  const fill = async (count: number) => {
    for (let n = 0; n < count; n += 2_000)
      await Promise.all(
        Array.from({ length: 20 }, () =>
          push(user, ...Array.from({ length: 100 }, () => send(stream, 'filling the chat'))),
        ),
      );
  };
  await fill(10_000);
  const small = await costs(user, stream);
  await fill(large - 10_000);
  const big = await costs(user, stream);
  for (const verb of ['send', 'pull', 'history'])
    report(
      `${verb.padEnd(8)} ms at 10,000: ${small[verb]?.toFixed(2)}   at ${large}: ${big[verb]?.toFixed(2)}   (ratio ${((big[verb] ?? 0) / (small[verb] ?? 1)).toFixed(2)})`,
    );
} finally {
  await streams.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
}
