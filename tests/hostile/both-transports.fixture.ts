import { expect } from 'vitest';
import { type ConversationId, type OpId, directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { OpResult, PushAnswer, Verb } from '#protocol/verbs.ts';
import { type TestPerson, type TestServer, type TestSocket, startTestServer } from '#server/testing/server.fixture.ts';

export const newId = (): OpId => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
export const newGroup = (): ConversationId => groupStream(newId());
export const instant = (): string => new Date().toISOString();

export function sendOp(stream: string, text: string, more: object = {}) {
  return { id: newId(), stream, kind: 'message.send', text, sentAt: instant(), ...more };
}

/** A person who asks over both transports. */
export interface BothTransports {
  person: TestPerson;
  socket: TestSocket;
  /** Sends a request without effect over both transports, expects the same answer, and returns it. [VB1] */
  ask(verb: Verb, request: unknown): Promise<unknown>;
  /** The results of ops that must be refused, alike over both; each transport sends them under new ids. */
  refusals(ops: readonly object[]): Promise<unknown[]>;
  /** Pushes ops over HTTP, which must all be accepted. */
  accepted(...ops: object[]): Promise<Extract<OpResult, { ok: true }>[]>;
  /** Everything that this person may read. */
  state(): Promise<unknown>;
}

export async function overBothTransports(person: TestPerson): Promise<BothTransports> {
  const socket = await person.connect();
  const over = async (verb: Verb, request: unknown) =>
    (await person.post(verb, JSON.stringify(request))).answer as unknown;
  return {
    person,
    socket,
    async ask(verb, request) {
      const [bySocket, byHttp] = await Promise.all([socket.ask(verb, request), over(verb, request)]);
      expect(bySocket).toEqual(byHttp);
      return bySocket;
    },
    async refusals(ops) {
      const answers = await Promise.all([
        askUntilAvailable(() => socket.ask('push', { ops: ops.map(renewed) })),
        askUntilAvailable(async () => (await person.post('push', { ops: ops.map(renewed) })).answer),
      ]);
      const [bySocket, byHttp] = answers.map(({ results }) =>
        results.map((result) => (result.ok ? { ok: true } : { ok: false, error: result.error })),
      );
      expect(bySocket).toEqual(byHttp);
      return bySocket ?? [];
    },
    async accepted(...ops) {
      const { results } = await askUntilAvailable(async () => (await person.post('push', { ops })).answer);
      expect(results.filter(({ ok }) => !ok)).toEqual([]);
      return results as Extract<OpResult, { ok: true }>[];
    },
    state: () => over('pull', { cursors: {} }),
  };
}

/** Asks again while a busy machine answers `unavailable`, which has no effect. */
async function askUntilAvailable(ask: () => Promise<PushAnswer>): Promise<PushAnswer> {
  for (;;) {
    const answer = await ask();
    if (!answer.results.some((result) => !result.ok && result.error.code === 'unavailable')) return answer;
  }
}

/** The same op under a new id, unless its id is the malformed field. */
function renewed(op: object): object {
  return 'id' in op && typeof op.id === 'string' && /^[0-9a-f-]{36}$/.test(op.id) ? { ...op, id: newId() } : op;
}

/** A group of two people and their direct chat, with a message in each. */
export async function startConversations(ann: BothTransports, bob: TestPerson) {
  const group = newGroup();
  const direct = directStream(ann.person.userId, bob.userId);
  await ann.accepted(
    { id: newId(), stream: group, kind: 'conversation.create', title: 'Group', memberIds: [bob.userId] },
    { id: newId(), stream: direct, kind: 'conversation.create', memberIds: [] },
  );
  const first = sendOp(group, 'in the group');
  await ann.accepted(first, sendOp(direct, 'between us'));
  return { group, direct, message: first.id };
}

export interface Pair {
  server: TestServer;
  ann: BothTransports;
  bob: TestPerson;
  place: Awaited<ReturnType<typeof startConversations>>;
}

/** A server with Ann, Bob and their conversations. */
export async function startPair(): Promise<Pair> {
  const server = await startTestServer();
  const [first, bob] = await Promise.all([server.signUp('Ann'), server.signUp('Bob')]);
  const ann = await overBothTransports(first);
  return { server, ann, bob, place: await startConversations(ann, bob) };
}
