import type { UserId } from '#protocol/ids.ts';
import type { Op } from '#protocol/op.ts';
import type { EventKind } from '#protocol/record.ts';
import type { Draft, Scene } from '#server/streams/decision.ts';

/**
 * The system message about an op. It has the op's id and is the first of the op's records. The first version of a message is
 * never pruned, so the op's id is remembered forever.
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
