import type { MediaId, MessageId, StreamId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';

/** A message that carries the file, or was about to when the claim was made; or the group or person whose picture it is. */
export interface Claim {
  /** For a picture: the group's stream, or the person's own. */
  stream: StreamId;
  /** Absent if the file is the picture of that group or person. */
  messageId?: MessageId;
  /** The time of the claim, milliseconds. */
  at: number;
}

/** What is stored about one uploaded file. Its bytes are in the file store, under the same id. */
export interface MediaRow extends Omit<Attachment, 'mediaId'> {
  _id: MediaId;
  owner: UserId;
  /** Where it was uploaded to: a conversation, or the owner's own stream for a profile picture. */
  stream: StreamId;
  /** Bytes of the file and its thumbnails together, which count towards quotas. */
  stored: number;
  hasThumbnail: boolean;
  storedAt: number;
  claims: Claim[];
  /** When to check whether anything still needs the file. Absent if something does. */
  checkAt?: number;
  /** Increases with every claim, so that a sweep deletes nothing that was claimed meanwhile. */
  version: number;
}

/** The facts that are sent with a message. [MD1] */
export function attachmentOf(row: MediaRow): Attachment {
  const { _id: mediaId, kind, name, mime, size, width, height, durationMs, thumbhash, waveform } = row;
  return {
    mediaId,
    kind,
    name,
    mime,
    size,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(thumbhash === undefined ? {} : { thumbhash }),
    ...(waveform === undefined ? {} : { waveform }),
  };
}
