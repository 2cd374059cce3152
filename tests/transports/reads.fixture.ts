import { expect } from 'vitest';
import type { ConversationId, StreamId } from '#protocol/ids.ts';
import type { KnownRecord, MessageRecord } from '#protocol/record.ts';
import type { PullAnswer, StreamPage } from '#protocol/verbs.ts';
import type { Client } from './clients.fixture.ts';
import { askUntilAvailable } from './pushes.fixture.ts';

export async function pull(client: Client, request: object = {}): Promise<PullAnswer> {
  const answer = await askUntilAvailable(client, 'pull', { cursors: {}, ...request });
  expect(answer).not.toHaveProperty('error');
  return answer;
}

/** One stream's page, from a cursor or from nothing. */
export async function page(client: Client, stream: StreamId, cursor?: number): Promise<StreamPage | undefined> {
  const answer = await pull(client, { only: [stream], cursors: cursor === undefined ? {} : { [stream]: cursor } });
  return answer.streams.find((each) => each.stream === stream);
}

/** Pulls until nothing more follows, with the cursors of the answers so far. */
export async function pullAll(
  client: Client,
  request: object = {},
  start: Record<StreamId, number> = {},
): Promise<PullAnswer[]> {
  const answers: PullAnswer[] = [];
  const cursors = { ...start };
  for (;;) {
    const answer = await pull(client, { ...request, cursors });
    answers.push(answer);
    for (const { stream, cursor } of answer.streams) {
      expect(cursor).toBeGreaterThan(cursors[stream] ?? 0);
      cursors[stream] = cursor;
    }
    if (!answer.more) return answers;
    expect(answer.streams).not.toEqual([]);
  }
}

export const bytesOf = (answer: object) => Buffer.byteLength(JSON.stringify(answer));

/** The current records of a stream, as a client without a cursor gets them. */
export async function recordsOf(client: Client, stream: StreamId): Promise<KnownRecord[]> {
  return ((await page(client, stream))?.records ?? []) as KnownRecord[];
}

export async function recordOf<T extends KnownRecord['type']>(
  client: Client,
  stream: StreamId,
  type: T,
  isWanted: (record: Extract<KnownRecord, { type: T }>) => boolean = () => true,
): Promise<Extract<KnownRecord, { type: T }>> {
  const records = (await recordsOf(client, stream)).filter(
    (record): record is Extract<KnownRecord, { type: T }> => record.type === type,
  );
  const found = records.find(isWanted);
  expect(found).toBeDefined();
  return found as Extract<KnownRecord, { type: T }>;
}

export const conversationOf = (client: Client, stream: ConversationId) => recordOf(client, stream, 'conversation');

export const memberOf = (client: Client, stream: ConversationId, { userId }: Client) =>
  recordOf(client, stream, 'member', (record) => record.userId === userId);

export const membershipOf = (client: Client, stream: ConversationId) =>
  recordOf(client, client.own, 'membership', (record) => record.conversation === stream);

export async function history(client: Client, stream: ConversationId, more: object = {}): Promise<MessageRecord[]> {
  const answer = await askUntilAvailable(client, 'history', { stream, limit: 1_000, ...more });
  expect(answer).not.toHaveProperty('error');
  return answer.records;
}

export async function messageOf(client: Client, stream: ConversationId, id: string): Promise<MessageRecord> {
  const found = (await history(client, stream)).find((record) => record.id === id);
  expect(found).toBeDefined();
  return found as MessageRecord;
}

/** Resolves when a live change has brought a record with this value. */
export async function receivedLive(client: Client, stream: StreamId, field: string, value: unknown): Promise<void> {
  await client.socket.until(
    'changes',
    (changes) => changes.stream === stream && changes.records.some((record) => Reflect.get(record, field) === value),
  );
}
