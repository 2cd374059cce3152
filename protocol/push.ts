import * as v from 'valibot';
import { AttachmentKind, type Preview } from './record.ts';
import { ConversationId, DeviceId, UserId } from './ids.ts';
import { Count, Positive, strict } from './shape.ts';

/*
 * Web Push. The routes register where a device can be reached; the payload is what a device receives, decrypted by its browser.
 * [PU1] [PU4]
 */

/** The longest addresses of push services in use have about 500 characters. */
const MAX_ENDPOINT = 2_048;
const base64url = (length: number) =>
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/, 'base64url'), v.minLength(length), v.maxLength(length));

/** What a notification may show: the text, only who wrote, or neither. [PU5] */
export const Shown = v.picklist(['text', 'sender', 'nothing']);
export type Shown = v.InferOutput<typeof Shown>;

/** A device decides what its notifications show, and a chat may only hide more. [PU5] [OP18] */
export function shownOf(device: Shown, chat: Preview | undefined): Shown {
  return chat === undefined || device === 'nothing' ? device : chat;
}

/** `PushSubscription.toJSON()`; browsers may add fields. The keys are an uncompressed P-256 point and 16 bytes. */
export const BrowserSubscription = v.object({
  endpoint: v.pipe(v.string(), v.maxLength(MAX_ENDPOINT)),
  keys: v.object({ p256dh: base64url(87), auth: base64url(22) }),
});
export type BrowserSubscription = v.InferOutput<typeof BrowserSubscription>;

export const RegisterPush = strict({
  device: DeviceId,
  subscription: BrowserSubscription,
  show: v.optional(Shown),
  /** Whether notifications make a sound on this device; they do unless this is false. */
  sound: v.optional(v.boolean()),
});
export type RegisterPush = v.InferOutput<typeof RegisterPush>;

/** `isNew`: the server did not have this endpoint for this device and person. [PU1] */
export const PushRegistered = v.object({ isNew: v.optional(v.boolean()) });
export type PushRegistered = v.InferOutput<typeof PushRegistered>;

export const UnregisterPush = strict({ device: DeviceId });

export const PushKey = v.object({ publicKey: v.string() });
export type PushKey = v.InferOutput<typeof PushKey>;

/** A test: whether the push service accepted it, and if not, the HTTP status if there was one. [PU6] */
export const PushTried = v.object({ isAccepted: v.boolean(), status: v.optional(Count) });
export type PushTried = v.InferOutput<typeof PushTried>;

const ClockTime = v.pipe(v.string(), v.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'HH:MM'));

/** When a person is not notified, by the clock of their time zone. They pass midnight if `from` is later than `to`. [PU8] */
export const QuietHours = strict({
  from: ClockTime,
  to: ClockTime,
  /** The IANA name, such as `Europe/Berlin`. */
  timeZone: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_+/-]+$/, 'a time zone'), v.maxLength(64)),
});
export type QuietHours = v.InferOutput<typeof QuietHours>;

/** The settings for all devices of a person. [PU7] [PU8] */
export const NotificationSettings = strict({
  /** Whether a message that mentions the person is pushed although they muted its chat. */
  mentions: v.boolean(),
  quietHours: v.optional(QuietHours),
});
export type NotificationSettings = v.InferOutput<typeof NotificationSettings>;

const common = {
  /** The format of this object; a worker that does not know the format shows `notification` unchanged. [PU9] */
  version: v.literal(1),
  userId: UserId,
};

export const PushMessage = v.object({
  ...common,
  kind: v.literal('message'),
  stream: ConversationId,
  /** The newest message that this push is about. */
  seq: Positive,
  show: Shown,
  /** What the newest message has instead of a text. */
  attachment: v.optional(AttachmentKind),
  /**
   * The message mentions the person, and no other messages of this chat are pushed, because it is muted or they chose so. [PU7]
   * [OP18]
   */
  isMention: v.optional(v.literal(true)),
  /** No sound on this device. */
  isSilent: v.optional(v.literal(true)),
  /** How far the person has read the chats with notifications, so that stale notifications can be closed. */
  read: v.record(v.string(), Count),
});
export type PushMessage = v.InferOutput<typeof PushMessage>;

export const PushTest = v.object({ ...common, kind: v.literal('test') });

/**
 * A declarative web push: a browser that knows the format shows `notification` itself if no worker does. What the app's
 * own worker needs is in `teamlink`. At most 3,000 bytes. [PU4]
 */
export const PushPayload = v.object({
  web_push: v.literal(8030),
  notification: v.object({
    title: v.string(),
    body: v.string(),
    navigate: v.string(),
    tag: v.string(),
    silent: v.optional(v.literal(true)),
  }),
  app_badge: Count,
  mutable: v.literal(true),
  teamlink: v.variant('kind', [PushMessage, PushTest]),
});
export type PushPayload = v.InferOutput<typeof PushPayload>;

/** The part that every version of the payload has; a worker that is older than the server shows it unchanged. */
export const AnyPushPayload = v.object({
  notification: v.object({ title: v.string(), body: v.string(), navigate: v.string(), tag: v.string() }),
  teamlink: v.object({ userId: UserId }),
});
