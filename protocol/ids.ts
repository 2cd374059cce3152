import * as v from 'valibot';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const UUID_V7 = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';
const USER = '[A-Za-z0-9_-]{1,64}';

export const UserId = v.pipe(v.string(), v.regex(new RegExp(`^${USER}$`)), v.brand('UserId'));
export type UserId = v.InferOutput<typeof UserId>;

/** A version 7 UUID in lower case. [SH3] */
export const OpId = v.pipe(v.string(), v.regex(new RegExp(`^${UUID_V7}$`)), v.brand('OpId'));
export type OpId = v.InferOutput<typeof OpId>;

/** A message has the id of the op that sent it. [OP1] */
export const MessageId = OpId;
export type MessageId = OpId;

export const MediaId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/), v.brand('MediaId'));
export type MediaId = v.InferOutput<typeof MediaId>;

export const DeviceId = v.pipe(v.string(), v.regex(new RegExp(`^${UUID}$`)), v.brand('DeviceId'));
export type DeviceId = v.InferOutput<typeof DeviceId>;

const groupPattern = new RegExp(`^g:${UUID_V7}$`);
const directPattern = new RegExp(`^d:(${USER})\\.(${USER})$`);
const personalPattern = new RegExp(`^u:${USER}$`);

/** `g:<uuid>` or `d:<userId>.<userId>`, with the ids sorted by code unit so that both sides derive the same name offline. [SH4] */
export const ConversationId = v.pipe(
  v.string(),
  v.check(isConversationName, 'a conversation'),
  v.brand('StreamId'),
  v.brand('ConversationId'),
);
export type ConversationId = v.InferOutput<typeof ConversationId>;

/** Any stream: a conversation, or `u:<userId>`, a person's own stream. */
export const StreamId = v.pipe(
  v.string(),
  v.check((value) => personalPattern.test(value) || isConversationName(value), 'a stream'),
  v.brand('StreamId'),
);
export type StreamId = v.InferOutput<typeof StreamId>;

export function directStream(a: UserId, b: UserId): ConversationId {
  return `d:${a < b ? `${a}.${b}` : `${b}.${a}`}` as ConversationId;
}

export function groupStream(id: string): ConversationId {
  return `g:${id}` as ConversationId;
}

export function personalStream(user: UserId): StreamId {
  return `u:${user}` as StreamId;
}

/** The owner of this personal stream. */
export function ownerOf(stream: StreamId): UserId {
  if (!isPersonal(stream)) throw new Error('not a personal stream');
  return stream.slice(2) as UserId;
}

export function isPersonal(stream: StreamId): boolean {
  return stream.startsWith('u:');
}

export function isConversation(stream: StreamId): stream is ConversationId {
  return !isPersonal(stream);
}

export function isDirect(stream: StreamId): boolean {
  return stream.startsWith('d:');
}

export function isGroup(stream: StreamId): boolean {
  return stream.startsWith('g:');
}

/** The two people of a direct chat, sorted; the same person twice for notes to oneself. */
export function directMembers(stream: StreamId): [UserId, UserId] {
  const match = directPattern.exec(stream);
  if (match === null) throw new Error('not a direct chat');
  return [match[1] as UserId, match[2] as UserId];
}

/** The other person of a direct chat, or `self` for notes to oneself. */
export function directPeer(stream: StreamId, self: UserId): UserId {
  const [a, b] = directMembers(stream);
  return a === self ? b : a;
}

export function memberRecordId(stream: ConversationId, user: UserId): string {
  return `${stream}/${user}`;
}

export function membershipRecordId(user: UserId, conversation: ConversationId): string {
  return `${personalStream(user)}/${conversation}`;
}

/** The place, from 0, where a person's own stream holds a message that waits for its time. [SM1] */
export function scheduledRecordId(user: UserId, place: number): string {
  return `${personalStream(user)}/scheduled/${place}`;
}

/**
 * The id that a scheduled message has once it is sent. It is derived from the id of the op that scheduled it, so it is the same
 * message whichever server sends it, and however often. [SM3]
 */
export function sentIdOf(scheduledId: OpId): MessageId {
  const last = Number.parseInt(scheduledId.slice(-1), 16);
  return `${scheduledId.slice(0, -1)}${(last ^ 1).toString(16)}` as MessageId;
}

/**
 * Makes a version 7 UUID from milliseconds since 1970 and 10 random bytes. The caller provides both, so that the
 * simulation controls the clock and the randomness.
 */
export function uuidV7(timeMs: number, random: Uint8Array): OpId {
  const hex = Math.trunc(timeMs).toString(16).padStart(12, '0').slice(-12);
  const byte = (at: number) => random[at] ?? 0;
  const tail = [0x70 | (byte(0) & 0x0f), byte(1), 0x80 | (byte(2) & 0x3f), ...[3, 4, 5, 6, 7, 8, 9].map(byte)].map(
    (value) => value.toString(16).padStart(2, '0'),
  );
  const digits = hex + tail.join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}` as OpId;
}

function isConversationName(value: string): boolean {
  if (groupPattern.test(value)) return true;
  const direct = directPattern.exec(value);
  return direct !== null && (direct[1] as string) <= (direct[2] as string);
}
