import { expect } from 'vitest';
import { type ConversationId, type OpId, directStream, groupStream, uuidV7 } from '#protocol/ids.ts';
import type { OpResult, PushAnswer, Verb } from '#protocol/verbs.ts';
import type { TestPerson, TestSocket } from '#server/testing/server.fixture.ts';

export const newId = (): OpId => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
export const newGroup = (): ConversationId => groupStream(newId());
export const instant = (): string => new Date().toISOString();

export function sendOp(stream: string, text: string, more: object = {}) {
  return { id: newId(), stream, kind: 'message.send', text, sentAt: instant(), ...more };
}

/** Somebody who asks by both transports. */
export interface TwoWays {
  person: TestPerson;
  socket: TestSocket;
  /** The one answer that both gave to a request without effect. [VB1] */
  ask(verb: Verb, request: unknown): Promise<unknown>;
  /** What both say of ops that must be refused: each op is sent twice, under ids of its own. */
  refusals(ops: readonly object[]): Promise<unknown[]>;
  /** Done over HTTP, must be `ok`. */
  done(...ops: object[]): Promise<Extract<OpResult, { ok: true }>[]>;
  /** All that this person may see. */
  state(): Promise<unknown>;
}

export async function bothWays(person: TestPerson): Promise<TwoWays> {
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
        patiently(() => socket.ask('push', { ops: ops.map(renewed) })),
        patiently(async () => (await person.post('push', { ops: ops.map(renewed) })).answer),
      ]);
      const [bySocket, byHttp] = answers.map(({ results }) =>
        results.map((result) => (result.ok ? { ok: true } : { ok: false, error: result.error })),
      );
      expect(bySocket).toEqual(byHttp);
      return bySocket ?? [];
    },
    async done(...ops) {
      const { results } = (await person.post('push', { ops })).answer;
      expect(results.filter(({ ok }) => !ok)).toEqual([]);
      return results as Extract<OpResult, { ok: true }>[];
    },
    state: () => over('pull', { cursors: {} }),
  };
}

/** A busy machine may answer `unavailable`: without effect, so the same is asked again. */
async function patiently(ask: () => Promise<PushAnswer>): Promise<PushAnswer> {
  for (;;) {
    const answer = await ask();
    if (!answer.results.some((result) => !result.ok && result.error.code === 'unavailable')) return answer;
  }
}

/** The same op under an id of its own, where its id is one at all: what is spoilt stays spoilt. */
function renewed(op: object): object {
  return 'id' in op && typeof op.id === 'string' && /^[0-9a-f-]{36}$/.test(op.id) ? { ...op, id: newId() } : op;
}

/** A group of both with one message each, and their direct chat. */
export async function twoInAGroup(ann: TwoWays, bob: TestPerson) {
  const group = newGroup();
  const direct = directStream(ann.person.userId, bob.userId);
  await ann.done(
    { id: newId(), stream: group, kind: 'conversation.create', title: 'Group', memberIds: [bob.userId] },
    { id: newId(), stream: direct, kind: 'conversation.create', memberIds: [] },
  );
  const first = sendOp(group, 'in the group');
  await ann.done(first, sendOp(direct, 'between us'));
  return { group, direct, message: first.id };
}
