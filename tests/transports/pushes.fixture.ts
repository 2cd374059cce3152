import { expect } from 'vitest';
import type { Failure } from '#protocol/errors.ts';
import type { ConversationId } from '#protocol/ids.ts';
import type { OpAccepted, OpResult, PushAnswer, Verb } from '#protocol/verbs.ts';
import { newGroup, op } from '#server/streams/testing/op.fixture.ts';
import type { Client } from './clients.fixture.ts';

/** An op, who sends it, and the expected outcome: `ok` unless given, or the code and path of the refusal. */
type ExpectedOp = readonly [client: Client, given: object, outcome?: string];

/** Sends these ops in order, consecutive ones of one person as one push, and compares the outcomes. */
export async function pushEach(...expected: ExpectedOp[]): Promise<OpResult[]> {
  const results: OpResult[] = [];
  while (results.length < expected.length) {
    const rest = expected.slice(results.length);
    const [client] = rest[0] as ExpectedOp;
    const end = rest.findIndex(([other]) => other !== client);
    const ops = rest.slice(0, end < 0 ? rest.length : end).map(([, given]) => given);
    const answer = await askUntilAvailable(client, 'push', { ops });
    expect(answer.results.map(({ id }) => id)).toEqual(ops.map((given) => (given as { id: string }).id));
    results.push(...answer.results);
  }
  const brief = ([client, given]: ExpectedOp, outcome: string) =>
    `${client.name}, ${(given as { kind?: string }).kind}: ${outcome}`;
  expect(expected.map((each, at) => brief(each, outcomeOf(results[at])))).toEqual(
    expected.map((each) => brief(each, each[2] ?? 'ok')),
  );
  return results;
}

export function outcomeOf(result: OpResult | undefined): string {
  if (result === undefined) return 'nothing';
  return result.ok ? 'ok' : [result.error.code, result.error.path].filter((part) => part !== undefined).join(' ');
}

/** Pushes one op, which must be accepted. */
export async function accepted(client: Client, given: object): Promise<OpAccepted> {
  const [result] = await pushEach([client, given]);
  return result as OpAccepted;
}

/** A group of its maker and others, who may read all of it. */
export async function groupOf(maker: Client, ...others: Client[]): Promise<ConversationId> {
  const group = newGroup();
  const userIds = others.map(({ userId }) => userId);
  await accepted(maker, op.create(group, userIds, { title: 'Team' }));
  return group;
}

/** Asks again while a busy machine answers `unavailable` to the whole request or to an op. */
export async function askUntilAvailable<K extends Verb>(
  client: Client,
  verb: K,
  request: object,
): ReturnType<typeof client.ask<K>> {
  for (;;) {
    const answer = await client.ask(verb, request);
    const { error, results = [] }: Partial<Failure & PushAnswer> = answer;
    if (error?.code !== 'unavailable' && !results.some((result) => outcomeOf(result) === 'unavailable')) return answer;
  }
}
