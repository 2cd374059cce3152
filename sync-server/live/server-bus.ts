import * as v from 'valibot';
import { ConversationId, StreamId, UserId } from '#protocol/ids.ts';
import type { KnownRecord } from '#protocol/record.ts';
import type { Announcement } from '#server/streams/announcement.ts';

const ToldSchema = v.object({
  stream: StreamId,
  prev: v.number(),
  cursor: v.number(),
  /** Written by a server after its own checks: read as they are. */
  records: v.pipe(
    v.array(v.custom<KnownRecord>((record) => typeof record === 'object' && record !== null)),
    v.readonly(),
  ),
  membershipRev: v.number(),
  carried: v.exactOptional(v.pipe(v.array(v.tuple([ConversationId, v.number()])), v.readonly())),
});
/** An announcement without its readers: whoever hears it knows them by the membership's rev, or reads them. */
export type Told = Omit<Announcement, 'readers'>;

/**
 * What servers over one database tell each other. All of it may be lost, late or doubled: that costs delay, never data,
 * and nobody reads what he may not. A kind that isn't known is another version's, and passed over.
 */
export const PeerMessage = v.variant('kind', [
  v.object({ kind: v.literal('changes'), batch: v.array(ToldSchema) }),
  v.object({ kind: v.literal('ended'), sessionIds: v.array(v.string()), reason: v.string() }),
  v.object({
    kind: v.literal('typing'),
    stream: ConversationId,
    userId: UserId,
    on: v.boolean(),
    /** The socket on which he types. */
    origin: v.string(),
  }),
  v.object({ kind: v.literal('presence'), userId: UserId, online: v.boolean(), at: v.number() }),
  /** Everybody who has a socket there, said now and then: who isn't heard of any more is gone. */
  v.object({ kind: v.literal('here'), userIds: v.array(UserId) }),
  v.object({ kind: v.literal('hello') }),
]);
export type PeerMessage = v.InferOutput<typeof PeerMessage>;

export interface Peers {
  /** False: there is nobody to tell. */
  readonly areThere: boolean;
  tell(message: PeerMessage): void;
  /** `from` names the server that told. One listener. */
  listen(hear: (message: PeerMessage, from: string) => void): void;
  close(): Promise<void>;
}

/** A server by itself. */
export const noPeers: Peers = {
  areThere: false,
  tell: () => undefined,
  listen: () => undefined,
  close: () => Promise.resolve(),
};
