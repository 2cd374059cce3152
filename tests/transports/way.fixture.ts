import { expect } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import { type ConversationId, type StreamId, type UserId, personalStream } from '#protocol/ids.ts';
import type { KnownRecord, MessageRecord } from '#protocol/record.ts';
import type { OpAccepted, OpResult, PullAnswer, PushAnswer, StreamPage, Verb } from '#protocol/verbs.ts';
import type { TestPerson, TestServer, TestSocket } from '#server/testing/server.fixture.ts';
import { newGroup, op } from '#server/streams/testing/world.fixture.ts';

/** How a verb travels: an event with an ack, or `POST /api/sync/<verb>`. [VB1] */
export const ways = ['socket', 'http'] as const;
export type Way = (typeof ways)[number];

/** Somebody who asks by one way. His socket is open either way, for what comes live. */
export interface Asker {
  userId: UserId;
  name: string;
  own: StreamId;
  person: TestPerson;
  socket: TestSocket;
  ask: TestSocket['ask'];
}

/** Ann, Bob, Eve and Dan, who know nobody yet. */
export function fourPeople(server: TestServer, way: Way): Promise<Asker[]> {
  return Promise.all(['Ann', 'Bob', 'Eve', 'Dan'].map(async (name) => askerOf(await server.signUp(name), name, way)));
}

export async function askerOf(person: TestPerson, name: string, way: Way): Promise<Asker> {
  const socket = await person.connect();
  const { userId } = person;
  return {
    userId,
    name,
    own: personalStream(userId),
    person,
    socket,
    ask: way === 'socket' ? socket.ask : async (verb, request) => (await person.post(verb, request)).answer,
  };
}

/** Who does what, and what he is told: `ok` where nothing is said, else the code and path of the refusal. */
type Deed = readonly [who: Asker, given: object, told?: string];

/**
 * Does them in this order, as one push what one person does in a row, and compares what is told. Answers the results.
 */
export async function play(...deeds: Deed[]): Promise<OpResult[]> {
  const results: OpResult[] = [];
  while (results.length < deeds.length) {
    const rest = deeds.slice(results.length);
    const [who] = rest[0] as Deed;
    const end = rest.findIndex(([other]) => other !== who);
    const ops = rest.slice(0, end < 0 ? rest.length : end).map(([, given]) => given);
    const answer = await patiently(who, 'push', { ops });
    expect(answer.results.map(({ id }) => id)).toEqual(ops.map((given) => (given as { id: string }).id));
    results.push(...answer.results);
  }
  const brief = ([who, given]: Deed, told: string) => `${who.name}, ${(given as { kind?: string }).kind}: ${told}`;
  expect(deeds.map((deed, at) => brief(deed, toldBy(results[at])))).toEqual(
    deeds.map((deed) => brief(deed, deed[2] ?? 'ok')),
  );
  return results;
}

export function toldBy(result: OpResult | undefined): string {
  if (result === undefined) return 'nothing';
  return result.ok ? 'ok' : [result.error.code, result.error.path].filter((part) => part !== undefined).join(' ');
}

/** As `play`, of one, which is accepted. */
export async function done(who: Asker, given: object): Promise<OpAccepted> {
  const [result] = await play([who, given]);
  return result as OpAccepted;
}

/** A group of its maker and others, who may read all of it. */
export async function groupOf(maker: Asker, ...others: Asker[]): Promise<ConversationId> {
  const group = newGroup();
  await done(
    maker,
    op.create(
      group,
      others.map(({ userId }) => userId),
      { title: 'Team' },
    ),
  );
  return group;
}

/** A busy machine may answer `unavailable`, of all or of an op: then the same is asked again. */
export async function patiently<K extends Verb>(who: Asker, verb: K, request: object): ReturnType<typeof who.ask<K>> {
  for (;;) {
    const answer = await who.ask(verb, request);
    const { error, results = [] }: Partial<Failure & PushAnswer> = answer;
    if (error?.code !== 'unavailable' && !results.some((result) => toldBy(result) === 'unavailable')) return answer;
  }
}

export async function pull(who: Asker, request: object = {}): Promise<PullAnswer> {
  const answer = await patiently(who, 'pull', { cursors: {}, ...request });
  expect(answer).not.toHaveProperty('error');
  return answer;
}

/** One stream's page, from a cursor or from nothing. */
export async function page(who: Asker, stream: StreamId, cursor?: number): Promise<StreamPage | undefined> {
  const answer = await pull(who, { only: [stream], cursors: cursor === undefined ? {} : { [stream]: cursor } });
  return answer.streams.find((each) => each.stream === stream);
}

/** The present records of a stream, as somebody sees them who holds nothing. */
export async function seen(who: Asker, stream: StreamId): Promise<KnownRecord[]> {
  return ((await page(who, stream))?.records ?? []) as KnownRecord[];
}

export async function recordOf<T extends KnownRecord['type']>(
  who: Asker,
  stream: StreamId,
  type: T,
  isWanted: (record: Extract<KnownRecord, { type: T }>) => boolean = () => true,
): Promise<Extract<KnownRecord, { type: T }>> {
  const records = (await seen(who, stream)).filter(
    (record): record is Extract<KnownRecord, { type: T }> => record.type === type,
  );
  const found = records.find(isWanted);
  expect(found).toBeDefined();
  return found as Extract<KnownRecord, { type: T }>;
}

export const memberOf = (who: Asker, stream: ConversationId, { userId }: Asker) =>
  recordOf(who, stream, 'member', (record) => record.userId === userId);

export const membershipOf = (who: Asker, stream: ConversationId) =>
  recordOf(who, who.own, 'membership', (record) => record.conversation === stream);

export async function history(who: Asker, stream: ConversationId, more: object = {}): Promise<MessageRecord[]> {
  const answer = await patiently(who, 'history', { stream, limit: 1_000, ...more });
  expect(answer).not.toHaveProperty('error');
  return answer.records;
}

export async function messageOf(who: Asker, stream: ConversationId, id: string): Promise<MessageRecord> {
  const found = (await history(who, stream)).find((record) => record.id === id);
  expect(found).toBeDefined();
  return found as MessageRecord;
}

/** Resolves when a record that says so has come live. */
export async function heard(who: Asker, stream: StreamId, field: string, value: unknown): Promise<void> {
  await who.socket.until(
    'changes',
    (changes) => changes.stream === stream && changes.records.some((record) => Reflect.get(record, field) === value),
  );
}
