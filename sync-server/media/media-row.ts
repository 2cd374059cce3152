import type { MediaId, MessageId, StreamId, UserId } from '#protocol/ids.ts';
import type { Attachment } from '#protocol/record.ts';

/** A message that carries the file, or that was about to when the claim was made; or whoever's picture it is. */
export interface Claim {
  /** Of a picture: the group's stream, or the person's own. */
  stream: StreamId;
  /** Absent if the file is the picture of that group or person. */
  messageId?: MessageId;
  /** When the claim was made, milliseconds. */
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
  /** When to find out whether anything still needs the file. Absent: something does. */
  checkAt?: number;
  /** Rises with every claim, so that a sweep deletes nothing that was claimed meanwhile. */
  version: number;
}

/** The facts that travel with a message. [MD1] */
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
