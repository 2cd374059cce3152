import type { ConversationRow, Draft, EditUnderWay, OutboxRow, Reading } from '#app/local-store/local-store.ts';
import type { ShownMember } from '#app/ops/rules.ts';
import { directPeer, isDirect, type ConversationId, type OpId, type UserId } from '#protocol/ids.ts';
import type { MemberRecord, MessageRecord, Role, ScheduledMessage } from '#protocol/record.ts';
import { shownConversation } from './conversation.ts';
import { withDistinctNames } from './equal-names.ts';
import { ownRole, shownMembers } from './members.ts';
import { shownMessage } from './message.ts';
import { withoutBlocked } from './withheld.ts';

/** A conversation with everything that is queued for it, as of one transaction. */
export interface ReadConversation {
  /** Undefined if the device has nothing of the conversation. */
  row: ConversationRow | undefined;
  /** The server's records, including those of people who have left. */
  memberRecords: MemberRecord[];
  members: ShownMember[];
  outbox: OutboxRow[];
  hasLeft: boolean;
  /** The person's own; undefined after they have left. */
  role: Role | undefined;
  draft: Draft;
  /** Unfinished edits of its messages. */
  edits: EditUnderWay[];
  /** Its messages that wait for their time. */
  scheduled: ScheduledMessage[];
  /** The people whom the person has blocked. */
  blocked: UserId[];
}

export async function readConversation(
  reading: Reading,
  stream: ConversationId,
  self: UserId,
): Promise<ReadConversation> {
  const [held, memberRecords, outbox, draft, edits, scheduled, blocked] = await Promise.all([
    reading.conversation(stream),
    reading.members(stream),
    reading.outbox(stream),
    reading.draft(stream),
    reading.edits(stream),
    reading.scheduled(stream),
    reading.blocked(),
  ]);
  const row = held === undefined ? undefined : shownConversation(held, outbox, self);
  const members = row === undefined ? [] : shownMembers(row, memberRecords, outbox, self);
  return {
    row,
    memberRecords,
    members,
    outbox,
    // Nobody leaves a direct chat; there, `leftAt` says that the chat does not exist yet. [BL1]
    hasLeft: row?.membership?.leftAt !== undefined && !isDirect(stream),
    role: ownRole(row?.membership, members, self),
    draft,
    edits,
    scheduled,
    blocked,
  };
}

export interface PinnedMessage {
  id: OpId;
  /** Undefined if the device does not hold it. */
  message: MessageRecord | undefined;
}

/** The conversation with the names of its people and its pinned messages, the latest pin first. */
export async function readDetails(reading: Reading, stream: ConversationId, self: UserId) {
  const conversation = await readConversation(reading, stream, self);
  const { row, members, outbox, blocked } = conversation;
  const pins = (row?.record?.pins ?? []).toReversed();
  const [pinned, people] = await Promise.all([
    Promise.all(pins.map((id): Promise<PinnedMessage> => readPinned(reading, stream, id, outbox, self, blocked))),
    reading.people([...members.map(({ userId }) => userId), ...(isDirect(stream) ? [directPeer(stream, self)] : [])]),
  ]);
  return { ...conversation, pinned, people: withDistinctNames(people) };
}

async function readPinned(
  reading: Reading,
  stream: ConversationId,
  id: OpId,
  outbox: readonly OutboxRow[],
  self: UserId,
  blocked: readonly UserId[],
): Promise<PinnedMessage> {
  const held = await reading.message(stream, id);
  const [message] = withoutBlocked(held === undefined ? [] : [held], stream, blocked);
  return { id, message: message === undefined ? undefined : shownMessage(message, outbox, self).record };
}
