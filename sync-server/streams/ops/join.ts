import { limits } from '#protocol/limits.ts';
import type { OpOf } from '#protocol/op.ts';
import { mayAdd } from '#protocol/policies.ts';
import { type Decision, type OpRules, type Scene, refuse, unchanged, write } from '#server/streams/decision.ts';
import { eventDraft } from './event.ts';
import { newcomer } from './newcomer.ts';
import { noSuchConversation } from './no-such-conversation.ts';

/** Also the answer if the group does not exist, because its reader may know of nothing but the link. [RA1] */
const noSuchLink = () => refuse('not_found', 'no such link', 'token');
const doesNotWork = (why: string) => refuse('conflict', `the link ${why}`, 'token');

/** [GL3] [GL4] */
async function join(op: OpOf<'member.join'>, scene: Scene): Promise<Decision> {
  const { state, caller } = scene;
  const present = state.presentMember(caller);
  if (present !== undefined) return unchanged(present);
  const link = await scene.links.find(op.token, op.stream, caller);
  if (link === undefined || state.conversation === undefined) return noSuchLink();
  const maker = state.presentMember(link.createdBy);
  if (link.obstacle === 'revoked' || maker === undefined || !mayAdd(op.stream, maker.record.role))
    return doesNotWork('was revoked');
  if (link.obstacle === 'expired') return doesNotWork('has expired');
  if (link.obstacle === 'used-up') return doesNotWork('is used up');
  if (state.members.get(caller)?.hidden.removedBy !== undefined)
    return refuse('forbidden', 'only an admin may add somebody who was removed');
  if (state.present >= limits.members) return refuse('too_large', `more than ${limits.members} members`, 'stream');
  const profiles = await scene.people.find([caller]);
  if (!profiles.has(caller)) return noSuchConversation();
  if (!(await scene.links.use(op.token, caller))) return doesNotWork('does not work any more');
  const fromSeq = state.conversation.record.history === 'joined' ? state.lastSeq + 1 : 1;
  return write(
    eventDraft(op, scene, {}),
    newcomer(op.stream, caller, 'member', profiles, scene, fromSeq, state.lastSeq),
  );
}

export const joinRules: OpRules<'member.join'> = { 'member.join': { writesTo: 'conversation', decide: join } };
