import { type MessageId, directMembers, directPeer, isDirect } from '#protocol/ids.ts';
import { syncError } from '#protocol/errors.ts';
import type { OpOf } from '#protocol/op.ts';
import { type Decision, type OpRules, type Scene, refuse } from '#server/streams/decision.ts';
import type { NewReport } from '#server/streams/reports.ts';
import { noSuchConversation } from './no-such-conversation.ts';
import { target } from './target-message.ts';

type Subject = Pick<NewReport, 'person' | 'title' | 'message'>;

/** Nothing of it is written to the stream, so that its other members learn nothing. [RP1] [RP2] */
async function report(op: OpOf<'report.send'>, scene: Scene): Promise<Decision> {
  // Its first answer may have been lost, and its sender may have left since. [AP4]
  if (await scene.reports.has(scene.caller, op.id)) return accepted(scene);
  if (op.messageId !== undefined) return aboutMessage(op, op.messageId, scene);
  return isDirect(op.stream) ? aboutPerson(op, scene) : aboutGroup(op, scene);
}

function aboutMessage(op: OpOf<'report.send'>, messageId: MessageId, scene: Scene): Promise<Decision> {
  return target(messageId, scene, ({ record }) => {
    if (record.senderId === scene.caller) return refuse('invalid', 'nobody can report themselves', 'messageId');
    return add(op, scene, { person: record.senderId, title: titleOf(scene), message: record });
  });
}

/** Possible even before there is a chat. */
async function aboutPerson(op: OpOf<'report.send'>, scene: Scene): Promise<Decision> {
  const { stream } = op;
  if (!isDirect(stream) || !directMembers(stream).includes(scene.caller)) return noSuchConversation();
  const person = directPeer(stream, scene.caller);
  if (person === scene.caller) return refuse('invalid', 'nobody can report themselves', 'stream');
  if (scene.state.conversation === undefined && !(await scene.people.find([person])).has(person))
    return noSuchConversation();
  return add(op, scene, { person });
}

function aboutGroup(op: OpOf<'report.send'>, scene: Scene): Promise<Decision> | Decision {
  if (scene.state.presentMember(scene.caller) === undefined) return noSuchConversation();
  return add(op, scene, { title: titleOf(scene) });
}

async function add(op: OpOf<'report.send'>, scene: Scene, subject: Subject): Promise<Decision> {
  const { id, stream, reason, note } = op;
  const answer = await scene.reports.add({ id, by: scene.caller, stream, reason, note, ...subject });
  if (answer === 'stored') return accepted(scene);
  if (answer === 'too many today') return refuse('too_large', 'too many reports in a day', 'reports');
  return { effect: 'refuse', error: syncError('rate_limited', 'too many reports', { retryAfterMs: answer.waitMs }) };
}

const accepted = ({ state }: Scene): Decision => ({ effect: 'none', rev: state.tail });
const titleOf = ({ state }: Scene) => state.conversation?.record.title;

export const reportRules: OpRules<'report.send'> = { 'report.send': { writesTo: 'conversation', decide: report } };
