import * as v from 'valibot';
import { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { Announcement } from '#server/streams/announcement.ts';

/** An announcement without its readers: a receiving server knows them by the membership's rev, or reads them. */
export type Step = Omit<Announcement, 'readers'>;

const StepSchema = v.object({
  stream: StreamId,
  prev: v.number(),
  cursor: v.number(),
  /** Another server has checked them before it stored them, so they are not parsed again. */
  records: v.pipe(
    v.array(v.custom<KnownRecord>((record) => typeof record === 'object' && record !== null)),
    v.readonly(),
  ),
  membershipRev: v.number(),
  carried: v.exactOptional(v.pipe(v.array(v.tuple([ConversationId, v.number()])), v.readonly())),
});

/**
 * The messages between servers over one database. Any message may be lost, late or duplicated: that causes delay but no loss of
 * data, and nobody reads what they may not. An unknown kind comes from another version and is ignored.
 */
export const BusMessage = v.variant('kind', [
  v.object({ kind: v.literal('changes'), batch: v.array(StepSchema) }),
  v.object({ kind: v.literal('ended'), sessionIds: v.array(v.string()), reason: v.string() }),
  v.object({
    kind: v.literal('typing'),
    stream: ConversationId,
    userId: UserId,
    on: v.boolean(),
    /** The socket on which the person types. */
    origin: v.string(),
  }),
  v.object({ kind: v.literal('presence'), userId: UserId, online: v.boolean(), at: v.number() }),
  /** Everybody with a socket at the sender, repeated from time to time; a server that stops sending it counts as gone. */
  v.object({ kind: v.literal('here'), userIds: v.array(UserId) }),
  v.object({ kind: v.literal('hello') }),
]);
export type BusMessage = v.InferOutput<typeof BusMessage>;

export interface ServerBus {
  /** False: this server is alone, and nothing it publishes is received. */
  readonly hasPeers: boolean;
  publish(message: BusMessage): void;
  /** `from` names the sending server. There is one subscriber. */
  subscribe(receive: (message: BusMessage, from: string) => void): void;
  close(): Promise<void>;
}

/** For a server without others. */
export const noBus: ServerBus = {
  hasPeers: false,
  publish: () => undefined,
  subscribe: () => undefined,
  close: () => Promise.resolve(),
};
