import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import type { LocalStore } from '#app/local-store/local-store.ts';
import { pullStreams } from '#app/sync/pull.ts';
import { type ConversationId, type StreamId, type UserId, groupStream, uuidV7 } from '#protocol/ids.ts';
import { MAX_DIGEST_CELLS } from '#protocol/limits.ts';
import type { PullAnswer, PullRequest } from '#protocol/verbs.ts';
import { openDatabase } from '#server/database/connect.ts';
import { createStreams } from '#server/streams/create-streams.ts';
import { createMongoEntryStore } from '#server/streams/mongo-entry-store.ts';

/*
 * What it costs a server, and how many bytes are sent before compression, when a device of a person with 1 to 10,000 chats connects for
 * the first time, again with nothing new, again with 20 chats that changed, and after 50,000 messages in 200 chats: by digest, and beside it by cursors, which
 * is what other clients send. `npm run bench bench/reconnect.ts [chats …]`
 */
const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 40, 1_000, 3_000, 10_000];
const CHANGED = 20;
const AT_ONCE = 100;
const RUNS = 20;
const MISSED_CHATS = 200;
const MISSED_EACH = 250;
/** What a client asks for on a fast link. [CL12] */
const FAST_PAGE_BYTES = 256 * 1_024;
const SETTLE_MS = 5_000;
const TRIES = 20;

const newId = () => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
const dataDir = mkdtempSync(join(tmpdir(), 'teamlink-bench-'));
const database = await openDatabase({ dataDir });
const streams = await createStreams({
  store: createMongoEntryStore(database),
  people: {
    find: (ids: readonly UserId[]) => Promise.resolve(new Map(ids.map((id) => [id, { name: `Name of ${id}` }]))),
  },
  announce: () => undefined,
  now: Date.now,
  onDefect: (error) => console.error(error),
});
const maker = 'maker' as UserId;

async function push(ops: object[]): Promise<void> {
  for (let at = 0; at < ops.length; at += AT_ONCE) {
    const part = ops.slice(at, at + AT_ONCE);
    const isStored = async () => {
      const answer = await streams.push({ userId: maker }, { ops: part });
      return !('error' in answer) && answer.results.every(({ ok }) => ok);
    };
    // On a busy disk the server may ask to try again.
    for (let tries = 0; !(await isStored()); tries++) if (tries === TRIES) throw new Error('the chats can’t be made');
  }
}
const send = (stream: ConversationId) => ({
  id: newId(),
  stream,
  kind: 'message.send',
  text: 'A message as long as people write them, some forty letters',
  sentAt: new Date().toISOString(),
});

interface Cost {
  upBytes: number;
  downBytes: number;
  requests: number;
  cpuMs: number;
}

/** A device, reduced to what a pull needs: an epoch and cursors. */
function device(userId: UserId) {
  const cursors: Record<StreamId, number> = {};
  const store = {
    userId,
    epoch: () => Promise.resolve(streams.epoch),
    cursors: () => Promise.resolve({ ...cursors }),
    withoutRows: () => Promise.resolve([]),
    conversations: () => Promise.resolve([]),
    applyPage(answer: PullAnswer) {
      for (const { stream, cursor } of answer.streams) cursors[stream] = cursor;
      return Promise.resolve(true);
    },
  } as unknown as LocalStore;
  return {
    async pull(digestCells: number | undefined, maxBytes?: number): Promise<Cost> {
      const cost: Cost = { upBytes: 0, downBytes: 0, requests: 0, cpuMs: 0 };
      const ask = async (_verb: string, request: PullRequest) => {
        cost.upBytes += JSON.stringify(request).length;
        cost.requests++;
        const before = process.cpuUsage();
        const sized = maxBytes === undefined ? request : { ...request, maxBytes };
        const answer = await streams.pull({ userId, device: 'bench' }, sized);
        const sent = JSON.stringify(answer);
        if (sent.length > 1_024) deflateRawSync(sent);
        const { user, system } = process.cpuUsage(before);
        cost.cpuMs += (user + system) / 1_000;
        cost.downBytes += sent.length;
        return answer;
      };
      const pulled = await pullStreams({
        store,
        ask: ask as never,
        digestCells: () => digestCells,

        onPage: () => undefined,
        onProgress: () => undefined,
      });
      if (pulled.kind !== 'done') throw new Error(JSON.stringify(pulled));
      return cost;
    },
  };
}

/** The run that took the least CPU, because a busy server has compiled the code already. */
async function least(pull: () => Promise<Cost>): Promise<Cost> {
  const runs: Cost[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await pull());
  return runs.reduce((best, each) => (each.cpuMs < best.cpuMs ? each : best));
}

/** The server's part of the return to 50,000 missed messages: reading, encoding and compressing. */
async function missed(): Promise<void> {
  const userId = 'returning' as UserId;
  const groups = Array.from({ length: MISSED_CHATS }, () => groupStream(newId()));
  await push(
    groups.map((stream) => ({ id: newId(), stream, kind: 'conversation.create', title: 'Group', memberIds: [userId] })),
  );
  const phone = device(userId);
  await phone.pull(MAX_DIGEST_CELLS);
  for (let nth = 0; nth < MISSED_EACH; nth++) await push(groups.map(send));
  await pause(SETTLE_MS);
  const startedAt = performance.now();
  const cost = await phone.pull(MAX_DIGEST_CELLS, FAST_PAGE_BYTES);
  const count = MISSED_CHATS * MISSED_EACH;
  const line = `${count} missed in ${MISSED_CHATS} chats: ${((cost.cpuMs * 1_000) / count).toFixed(1)} µs of CPU each`;
  process.stdout.write(`${line}, ${(performance.now() - startedAt).toFixed(0)} ms, ${cost.requests} requests\n`);
}

const shown = ({ upBytes, downBytes, requests, cpuMs }: Cost) =>
  `${String(requests).padStart(5)} ${String(upBytes).padStart(9)} ${String(downBytes).padStart(9)} ${cpuMs.toFixed(1).padStart(9)}`;

process.stdout.write(`${'chats'.padStart(6)} ${''.padEnd(24)} asked  bytes up      down    CPU ms\n`);
try {
  for (const chats of sizes) {
    const userId = `user${chats}` as UserId;
    const groups = Array.from({ length: chats }, () => groupStream(newId()));
    await push(
      groups.map((stream) => ({
        id: newId(),
        stream,
        kind: 'conversation.create',
        title: 'Group',
        memberIds: [userId],
      })),
    );
    await push(groups.map(send));
    // Work that follows a write after its acknowledgement is not part of a pull.
    await pause(SETTLE_MS);
    for (const [form, cells] of [
      ['digest', MAX_DIGEST_CELLS],
      ['cursors', undefined],
    ] as const) {
      if (cells === undefined && chats > 3_000) continue;
      const phone = device(userId);
      const say = (what: string, cost: Cost) =>
        process.stdout.write(`${String(chats).padStart(6)} ${`${what}, ${form}`.padEnd(24)} ${shown(cost)}\n`);
      say('first sync', await phone.pull(cells));
      say('nothing new', await least(() => phone.pull(cells)));
      await push(groups.slice(0, CHANGED).map(send));
      say(`${Math.min(chats, CHANGED)} changed`, await phone.pull(cells));
    }
  }
  await missed();
} finally {
  await streams.close();
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);
