import type { ConversationId, OpId, UserId } from '#protocol/ids.ts';
import type { OpOf } from '#protocol/op.ts';
import type { Poll } from '#protocol/record.ts';
import type { NewOp, OpRules } from './rules.ts';

/** `options`: the places of all options that the person now votes for; none takes the vote back. [PO2] */
export function votePoll(
  stream: ConversationId,
  messageId: OpId,
  options: readonly number[],
): NewOp<OpOf<'poll.vote'>> {
  return { stream, kind: 'poll.vote', messageId, options: options.toSorted((a, b) => a - b) };
}

export function closePoll(stream: ConversationId, messageId: OpId): NewOp<OpOf<'poll.close'>> {
  return { stream, kind: 'poll.close', messageId };
}

const vote: OpRules<OpOf<'poll.vote'>> = {
  answeredIn: 'conversation',
  overMessage: (message, { options }, { self }) =>
    message.poll === undefined || message.poll.closedAt !== undefined
      ? message
      : { ...message, poll: voted(message.poll, options, self) },
  // The server counts only the last vote.
  merged: (earlier, later) => (earlier.messageId === later.messageId ? later : undefined),
  failure: () => ({ at: 'message', sentence: 'failed.vote' }),
};

function voted(poll: Poll, options: readonly number[], self: UserId): Poll {
  const { [self]: before = [], ...votes } = poll.votes;
  if (options.length > 0) votes[self] = [...options];
  const { counts, voters } = poll;
  if (counts === undefined) return { ...poll, votes };
  return {
    ...poll,
    votes,
    counts: counts.map((count, at) => count + Number(options.includes(at)) - Number(before.includes(at))),
    voters: (voters ?? 0) + Number(options.length > 0) - Number(before.length > 0),
  };
}

const close: OpRules<OpOf<'poll.close'>> = {
  answeredIn: 'conversation',
  overMessage: (message, _op, { at }) =>
    message.poll === undefined || message.poll.closedAt !== undefined
      ? message
      : { ...message, poll: { ...message.poll, closedAt: at } },
  failure: () => ({ at: 'message', sentence: 'failed.close' }),
};

export const pollRules = { 'poll.vote': vote, 'poll.close': close };
