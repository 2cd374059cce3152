import type { ConversationId, MediaId, MessageId, StreamId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';

/** A message that carries files, or is about to. */
export interface Carrier {
  stream: ConversationId;
  messageId: MessageId;
}

/**
 * The uploaded files, as the rules of messages use them. Every call is durable when it resolves, and comes before the message's
 * own entry, so that no crash leaves a message whose file may be swept away. All may be repeated.
 */
export interface Files {
  /** What the server found out about each file. Undefined for a file that this person has not uploaded to this stream. */
  attach(ids: readonly MediaId[], carrier: Carrier, sender: UserId): Promise<(Attachment | undefined)[]>;
  /** One more message carries these files. False if one of them is gone. */
  forward(ids: readonly MediaId[], carrier: Carrier): Promise<boolean>;
  /** This is about to become the picture of a person or a group. False unless this person has uploaded a picture to that stream. */
  picture(id: MediaId, stream: StreamId, owner: UserId): Promise<boolean>;
  /** A message is about to lose these files, or a group its picture. They are deleted soon, unless something else needs them. */
  release(ids: readonly MediaId[]): Promise<void>;
}

/** For a server to which no file can have been uploaded. */
export const noFiles: Files = {
  attach: (ids) => Promise.resolve(ids.map(() => undefined)),
  forward: (ids) => Promise.resolve(ids.length === 0),
  picture: () => Promise.resolve(false),
  release: () => Promise.resolve(),
};
