import { type MediaId, type MessageId, sentIdOf } from '#protocol/ids.ts';
import type { ScheduledMessage } from '#protocol/record.ts';

/** Whether one of these scheduled messages will be sent under this id and carries this file. [SM1] */
export function carriesFile(scheduled: readonly ScheduledMessage[], sentId: MessageId, file: MediaId): boolean {
  return scheduled.some(
    ({ id, attachments }) => sentIdOf(id) === sentId && attachments.some(({ mediaId }) => mediaId === file),
  );
}
