import { expect } from 'vitest';
import { type ConversationId, type OpId, type StreamId, type UserId, directStream } from '#protocol/ids.ts';
import type { FeedRecord, KnownRecord } from '#protocol/record.ts';
import type { HistoryAnswer, OpResult, PullAnswer, StreamPage } from '#protocol/verbs.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { createStreams, type StreamsOptions } from '#server/streams/create-streams.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import { newGroup, op } from './op.fixture.ts';
import { ann, bob, dan, eve, peopleOf } from './people.fixture.ts';

/** What the tests of this folder share: people, a maker of ops, and verbs that throw instead of returning a failure. */
export interface World {
  announced: Announcement[];
  defects: unknown[];
  names: Map<UserId, string>;
  clock: { ms: number };
  streams: Awaited<ReturnType<typeof createStreams>>;
  push(user: UserId, ...ops: unknown[]): Promise<OpResult[]>;
  ok(user: UserId, op: { id: OpId; retry?: boolean }): Promise<Extract<OpResult, { ok: true }>>;
  /** The code of a refusal, followed by its path if it has one. */
  refusal(user: UserId, op: object): Promise<string>;
  pull(user: UserId, request?: object): Promise<PullAnswer>;
  history(user: UserId, stream: ConversationId, request?: object): Promise<HistoryAnswer>;
  /** The current records of a stream as a reader without a cursor gets them. */
  seen(user: UserId, stream: StreamId): Promise<KnownRecord[]>;
  page(user: UserId, stream: StreamId, cursor?: number): Promise<StreamPage | undefined>;
}

/** Matches any text in an expected value. */
export const anyText: unknown = expect.any(String);
export const anyNumber: unknown = expect.any(Number);

export async function createWorld(options: Partial<StreamsOptions> & { store?: EntryStore } = {}): Promise<World> {
  const names = new Map<UserId, string>([ann, bob, eve, dan].map((id) => [id, id.toUpperCase()]));
  const announced: Announcement[] = [];
  const defects: unknown[] = [];
  const clock = { ms: Date.parse('2026-11-24T12:00:00.000Z') };
  const streams = await createStreams({
    store: createMemoryEntryStore(),
    people: peopleOf(names),
    announce: (batch) => announced.push(...batch),
    now: () => clock.ms++,
    onDefect: (error) => defects.push(error),
    shareAfterMs: 1,
    ...options,
  });
  const unwrap = <T extends object>(answer: T): Exclude<T, { error: unknown }> => {
    if ('error' in answer) throw new Error(`refused: ${JSON.stringify(answer.error)}`);
    return answer as Exclude<T, { error: unknown }>;
  };
  const push = async (userId: UserId, ...ops: unknown[]) => unwrap(await streams.push({ userId }, { ops })).results;
  const world: World = {
    announced,
    defects,
    names,
    clock,
    streams,
    push,
    async ok(user, given) {
      const [result] = await push(user, given);
      if (result?.ok !== true) throw new Error(`expected ok: ${JSON.stringify(result)}`);
      return result;
    },
    async refusal(user, given) {
      const [result] = await push(user, given);
      if (result?.ok !== false) throw new Error(`expected a refusal: ${JSON.stringify(result)}`);
      return [result.error.code, result.error.path].filter((part) => part !== undefined).join(' ');
    },
    pull: async (userId, request = {}) => unwrap(await streams.pull({ userId }, { cursors: {}, ...request })),
    history: async (userId, stream, request = {}) => unwrap(await streams.history({ userId }, { stream, ...request })),
    async seen(user, stream) {
      return ((await world.page(user, stream))?.records ?? []) as (FeedRecord & KnownRecord)[];
    },
    async page(user, stream, cursor) {
      const answer = await world.pull(user, {
        only: [stream],
        cursors: cursor === undefined ? {} : { [stream]: cursor },
      });
      return answer.streams.find((page) => page.stream === stream);
    },
  };
  return world;
}

/** A group of ann (owner) and others, and a direct chat of ann and bob. */
export async function withGroup(world: World, ...others: UserId[]): Promise<ConversationId> {
  const group = newGroup();
  await world.ok(ann, op.create(group, others, { title: 'Team' }));
  return group;
}

export async function withDirect(world: World): Promise<ConversationId> {
  const direct = directStream(ann, bob);
  await world.ok(ann, op.create(direct, [bob]));
  return direct;
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
