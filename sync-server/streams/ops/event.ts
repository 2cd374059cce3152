import type { UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { EventKind } from '#protocol/record.ts';
import type { Draft, Scene } from '#server/streams/decision.ts';

/**
 * The system message that tells of an op. It has the op's id and comes first of the op's records, so that the op's key is
 * its creation, which is never pruned.
 */
export function eventDraft(
  op: Extract<Op, { kind: EventKind }>,
  { state, caller, now }: Scene,
  more: { userIds?: UserId[]; title?: string },
): Draft {
  return {
    record: {
      type: 'message',
      id: op.id,
      stream: op.stream,
      seq: state.lastSeq + 1,
      senderId: caller,
      sentAt: now,
      createdAt: now,
      text: '',
      attachments: [],
      mentions: [],
      reactions: {},
      event: { kind: op.kind, by: caller, ...more },
    },
  };
}
