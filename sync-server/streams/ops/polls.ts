import { MAX_VOTERS_PER_POLL } from '#protocol/limits.ts';
import type { OpOf } from '#protocol/op.ts';
import { mayClose } from '#protocol/policies.ts';
import type { MessageRecord, Poll } from '#protocol/record.ts';
import { type Decision, type OpRules, type Scene, refuse, unchanged, write } from '#server/streams/decision.ts';
import type { Held } from '#server/streams/entry.ts';
import type { MaybePromise } from '#server/streams/stream-state.ts';
import { target, wasDeleted } from './target-message.ts';
import { unrevised } from './unrevised.ts';

/** Decides about a poll that has not been deleted. */
function targetPoll(
  op: OpOf<'poll.vote' | 'poll.close'>,
  scene: Scene,
  then: (poll: Poll, ...found: Parameters<Parameters<typeof target>[2]>) => MaybePromise<Decision>,
): Promise<Decision> {
  return target(op.messageId, scene, (message, member) => {
    const { deletedAt, poll } = message.record;
    if (deletedAt !== undefined) return wasDeleted();
    return poll === undefined ? refuse('not_found', 'no such poll', 'messageId') : then(poll, message, member);
  });
}

/** [PO2] [PO4] */
function vote(op: OpOf<'poll.vote'>, scene: Scene): Promise<Decision> {
  return targetPoll(op, scene, (poll, message) => {
    if (poll.closedAt !== undefined) return refuse('conflict', 'the poll is closed', 'poll');
    const wrong = op.options.findIndex((option) => option >= poll.options.length);
    if (wrong >= 0) return refuse('invalid', 'no such option', `options.${wrong}`);
    const chosen = [...new Set(op.options)].sort((a, b) => a - b);
    if (chosen.length > 1 && poll.isMultiple !== true) return refuse('invalid', 'one option only', 'options');
    const before = Object.hasOwn(poll.votes, scene.caller) ? poll.votes[scene.caller] : [];
    if (String(before) === String(chosen)) return unchanged(message);
    const { [scene.caller]: _before, ...votes } = poll.votes;
    if (chosen.length > 0) votes[scene.caller] = chosen;
    if (Object.keys(votes).length > MAX_VOTERS_PER_POLL)
      return refuse('too_large', `more than ${MAX_VOTERS_PER_POLL} voters`, 'options');
    return changed(message, { ...poll, votes });
  });
}

/** [PO4] */
function close(op: OpOf<'poll.close'>, scene: Scene): Promise<Decision> {
  return targetPoll(op, scene, (poll, message, member) => {
    if (!mayClose(member.record, message.record))
      return refuse('forbidden', 'only its sender or an admin may close a poll', 'messageId');
    return poll.closedAt === undefined ? changed(message, { ...poll, closedAt: scene.now }) : unchanged(message);
  });
}

function changed(message: Held<MessageRecord>, poll: Poll): Decision {
  return write({ record: { ...unrevised(message.record), poll }, replaces: message });
}

export const pollRules: OpRules<'poll.vote' | 'poll.close'> = {
  'poll.vote': { writesTo: 'conversation', decide: vote },
  'poll.close': { writesTo: 'conversation', decide: close },
};
