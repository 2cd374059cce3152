import { afterAll, describe, expect, it } from 'vitest';
import type { Socket } from 'socket.io-client';
import { freshDatabase, mongodbAddress } from '#server/database/testing/mongodb.fixture.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { OpResult } from '#protocol/verbs.ts';
import { type Person, allMessages, open, ownGroup, push, sendOp, signUp, until } from './person.fixture.ts';
import { type RunningServer, often, startServer, temporaryFolder } from './process.fixture.ts';

const ROUNDS = often(2, 30);
const WRITERS = 8;
const OPS = 5;

interface Acked {
  id: string;
  seq: number;
}

/** Sends without a pause until the server is gone; remembers the acknowledged ops, and those with an unknown outcome. */
function startWriter(socket: Socket, stream: ConversationId, acked: Acked[], unknown: Map<string, object>) {
  let isRunning = true;
  const work = (async () => {
    while (isRunning && socket.connected) {
      const ops = Array.from({ length: OPS }, (_, at) => sendOp(stream, `text ${at}`));
      for (const op of ops) unknown.set(op.id, op);
      const answered = socket.emitWithAck('push', { ops }) as Promise<{ results?: OpResult[] }>;
      const gone = new Promise<undefined>((resolve) => socket.once('disconnect', () => resolve(undefined)));
      const answer = await Promise.race([answered.catch(() => undefined), gone]);
      for (const result of answer?.results ?? []) {
        if (!result.ok) continue;
        acked.push({ id: result.id, seq: result.seq ?? 0 });
        unknown.delete(result.id);
      }
    }
  })();
  return {
    async stop() {
      isRunning = false;
      await work;
    },
  };
}

/** A slow disk may answer `unavailable` for a while; every client tries again. */
async function pushUntilAnswered(origin: string, person: Person, ops: object[]): Promise<OpResult[]> {
  for (;;) {
    const { results } = (await push(origin, person, ...ops)).answer;
    if (!results.some((result) => !result.ok && result.error.code === 'unavailable')) return results;
  }
}

describe('a server that is repeatedly killed under load', () => {
  const place = temporaryFolder();
  const onMongodb = mongodbAddress === undefined ? undefined : freshDatabase(mongodbAddress);
  const env = onMongodb === undefined ? {} : { MONGODB_URI: onMongodb.uri };
  afterAll(async () => {
    place.remove();
    await onMongodb?.drop();
  });

  it(`[REL-01] [REL-03] [AP1] [AP2] [ST3] ${ROUNDS} kills: every acknowledged op is stored once at its seq, and every other one once when it is sent again`, async () => {
    let server: RunningServer = await startServer(place.folder, env);
    const people: Person[] = [];
    for (let nth = 0; nth < WRITERS; nth++) people.push(await signUp(server.origin, `Writer ${nth}`));
    const [ann] = people as [Person];
    // Half of them write to one group and the others to one each, so that batches have one stream or many.
    const shared = await ownGroup(server.origin, ann, people);
    const streams: ConversationId[] = [];
    for (const [nth, person] of people.entries())
      streams.push(nth % 2 === 0 ? shared : await ownGroup(server.origin, person));
    const acked = new Map<ConversationId, Acked[]>(streams.map((stream) => [stream, []]));
    const unknown = streams.map(() => new Map<string, object>());

    for (let round = 0; round < ROUNDS; round++) {
      const sockets = people.map((person) => open(server.origin, person));
      await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('welcome', resolve))));
      const before = [...acked.values()].flat().length;
      const writers = sockets.map((socket, nth) => {
        const stream = streams[nth] as ConversationId;
        return startWriter(socket, stream, acked.get(stream) as Acked[], unknown[nth] as Map<string, object>);
      });
      await until(() => [...acked.values()].flat().length >= before + 40 * (1 + (round % 3)));
      server.child.kill('SIGKILL');
      await server.gone;
      await Promise.all(writers.map((writer) => writer.stop()));
      for (const socket of sockets) socket.close();

      server = await startServer(place.folder, env);
      for (const [stream, sent] of acked) {
        const reader = people[streams.indexOf(stream)] as Person;
        const messages = await allMessages(server.origin, reader, stream);
        expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, at) => at + 1));
        expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
        const seqs = new Map<string, number>(messages.map(({ id, seq }) => [id, seq]));
        expect(sent.filter(({ id, seq }) => seqs.get(id) !== seq)).toEqual([]);
      }
      for (const [nth, unanswered] of unknown.entries()) {
        const ops = [...unanswered.values()].map((op) => ({ ...op, retry: true }));
        if (ops.length === 0) continue;
        const results = await pushUntilAnswered(server.origin, people[nth] as Person, ops);
        for (const result of results) {
          if (!result.ok) throw new Error(`sent again: ${JSON.stringify(result)}`);
          acked.get(streams[nth] as ConversationId)?.push({ id: result.id, seq: result.seq ?? 0 });
          unanswered.delete(result.id);
        }
      }
    }
    expect([...acked.values()].flat().length).toBeGreaterThanOrEqual(40 * ROUNDS);
    server.child.kill('SIGTERM');
    expect(await server.gone).toBe(0);
  }, 600_000);
});
