import { expect } from 'vitest';
import {
  type ConversationId,
  type OpId,
  type StreamId,
  type UserId,
  directStream,
  groupStream,
  uuidV7,
} from '#protocol/ids.ts';
import type { FeedRecord, KnownRecord } from '#protocol/record.ts';
import type { HistoryAnswer, OpResult, PullAnswer, StreamPage } from '#protocol/verbs.ts';
import type { Announcement } from '#server/streams/announcement.ts';
import { createStreams, type StreamsOptions } from '#server/streams/create-streams.ts';
import type { EntryStore } from '#server/streams/entry-store.ts';
import { createMemoryEntryStore } from '#server/streams/memory-entry-store.ts';
import type { People } from '#server/streams/people.ts';

/** What the tests of this folder share: people, an op maker, and the verbs with their failures thrown. */
export interface World {
  announced: Announcement[];
  defects: unknown[];
  names: Map<UserId, string>;
  clock: { ms: number };
  streams: Awaited<ReturnType<typeof createStreams>>;
  push(user: UserId, ...ops: unknown[]): Promise<OpResult[]>;
  ok(user: UserId, op: { id: OpId; retry?: boolean }): Promise<Extract<OpResult, { ok: true }>>;
  /** `code` or `code path` of a refusal. */
  refusal(user: UserId, op: object): Promise<string>;
  pull(user: UserId, request?: object): Promise<PullAnswer>;
  history(user: UserId, stream: ConversationId, request?: object): Promise<HistoryAnswer>;
  /** The present records of a stream as the reader sees them from nothing. */
  seen(user: UserId, stream: StreamId): Promise<KnownRecord[]>;
  page(user: UserId, stream: StreamId, cursor?: number): Promise<StreamPage | undefined>;
}

let counter = 0;
/** A version 7 UUID, the next in time. */
export function nextId(): OpId {
  counter++;
  return uuidV7(
    1_764_000_000_000 + counter,
    new Uint8Array(10).map((_, at) => (counter >> (at % 4)) & 0xff),
  );
}

export const [ann, bob, eve, dan] = ['ann', 'bob', 'eve', 'dan'] as [UserId, UserId, UserId, UserId];
/** Any text, in an expected value. */
export const anyText: unknown = expect.any(String);
export const anyNumber: unknown = expect.any(Number);
export const SENT_AT = '2026-11-24T10:00:00.000Z';

export function newGroup(): ConversationId {
  return groupStream(nextId());
}

/** Ops with the common fields filled in. */
export const op = {
  send: (stream: ConversationId, text: string, more: object = {}) => ({
    id: nextId(),
    stream,
    kind: 'message.send',
    text,
    sentAt: SENT_AT,
    ...more,
  }),
  edit: (stream: ConversationId, messageId: OpId, text: string) => ({
    id: nextId(),
    stream,
    kind: 'message.edit',
    messageId,
    text,
  }),
  delete: (stream: ConversationId, messageId: OpId) => ({ id: nextId(), stream, kind: 'message.delete', messageId }),
  pin: (stream: ConversationId, messageId: OpId, on = true) => ({
    id: nextId(),
    stream,
    kind: 'message.pin',
    messageId,
    on,
  }),
  react: (stream: ConversationId, messageId: OpId, emoji: string, on = true) => ({
    id: nextId(),
    stream,
    kind: 'reaction.set',
    messageId,
    emoji,
    on,
  }),
  forward: (stream: ConversationId, from: ConversationId, messageId: OpId) => ({
    id: nextId(),
    stream,
    kind: 'message.send',
    sentAt: SENT_AT,
    forward: { stream: from, messageId },
  }),
  create: (stream: ConversationId, memberIds: UserId[], more: object = {}) => ({
    id: nextId(),
    stream,
    kind: 'conversation.create',
    memberIds,
    ...more,
  }),
  update: (stream: ConversationId, more: object) => ({ id: nextId(), stream, kind: 'conversation.update', ...more }),
  add: (stream: ConversationId, ...userIds: UserId[]) => ({ id: nextId(), stream, kind: 'member.add', userIds }),
  remove: (stream: ConversationId, userId: UserId) => ({ id: nextId(), stream, kind: 'member.remove', userId }),
  role: (stream: ConversationId, userId: UserId, role: string) => ({
    id: nextId(),
    stream,
    kind: 'member.role',
    userId,
    role,
  }),
  mark: (stream: ConversationId, marks: { readSeq?: number; deliveredSeq?: number }) => ({
    id: nextId(),
    stream,
    kind: 'receipt.mark',
    ...marks,
  }),
  settings: (stream: ConversationId, more: object) => ({ id: nextId(), stream, kind: 'membership.update', ...more }),
};

export function peopleOf(names: Map<UserId, string>): People {
  return {
    find: (ids) =>
      Promise.resolve(new Map(ids.flatMap((id) => (names.has(id) ? [[id, { name: names.get(id) as string }]] : [])))),
  };
}

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
