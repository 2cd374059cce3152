import { directMembers, isDirect } from '#protocol/ids.ts';
import { limits } from '#protocol/limits.ts';
import type { OpOf } from '#protocol/op.ts';
import type { ConversationRecord } from '#protocol/record.ts';
import { type Decision, type OpRules, type Scene, refuse, unchanged, write } from '#server/streams/decision.ts';
import { mayUpdate } from '#protocol/policies.ts';
import type { MaybePromise } from '#server/streams/stream-state.ts';
import { eventDraft } from './event.ts';
import { newcomer } from './newcomer.ts';
import { noSuchConversation } from './no-such-conversation.ts';
import { unrevised } from './unrevised.ts';

function create(op: OpOf<'conversation.create'>, scene: Scene): MaybePromise<Decision> {
  return isDirect(op.stream) ? createDirect(op, scene) : createGroup(op, scene);
}

/** [OP9] */
async function createDirect(op: OpOf<'conversation.create'>, scene: Scene): Promise<Decision> {
  const pair = directMembers(op.stream);
  if (!pair.includes(scene.caller)) return noSuchConversation();
  const stranger = op.memberIds.findIndex((user) => !pair.includes(user));
  if (stranger >= 0)
    return refuse('invalid', 'a direct chat has only the two members in its name', `memberIds.${stranger}`);
  if (op.title !== undefined) return refuse('invalid', 'a direct chat has no title', 'title');
  if (op.history === 'joined') return refuse('invalid', 'a direct chat always shows its whole history', 'history');
  if (scene.state.conversation !== undefined) return unchanged(scene.state.conversation);
  const ids = [...new Set(pair)];
  const profiles = await scene.people.find(ids);
  if (ids.some((id) => !profiles.has(id))) return noSuchConversation();
  // Somebody whom they have blocked cannot send them a request. [RQ1]
  const asked = ids.filter((id) => id !== scene.caller && !scene.blocks.has(id, scene.caller));
  const strangers = await scene.strangers.among(asked, scene.caller);
  return write(
    { record: conversation(op, scene, 'direct') },
    ...ids.map((id) => newcomer(op.stream, id, 'member', profiles, scene, 1, 0, strangers.has(id))),
  );
}

/** [OP10] */
async function createGroup(op: OpOf<'conversation.create'>, scene: Scene): Promise<Decision> {
  if (scene.state.conversation !== undefined) return refuse('conflict', 'the group already exists', 'stream');
  const ids = [...new Set([scene.caller, ...op.memberIds])];
  if (ids.length > limits.members) return refuse('too_large', `longer than ${limits.members}`, 'memberIds');
  const profiles = await scene.people.find(ids);
  const stranger = op.memberIds.findIndex((id) => !profiles.has(id));
  if (stranger >= 0) return refuse('not_found', 'no such person', `memberIds.${stranger}`);
  // People who have blocked the caller are not added, and the caller does not learn of it. [BL4]
  const added = ids.filter((id) => !scene.blocks.has(id, scene.caller));
  const [, ...others] = added;
  const strangers = await scene.strangers.among(others, scene.caller);
  return write(
    { record: conversation(op, scene, 'group') },
    newcomer(op.stream, scene.caller, 'owner', profiles, scene, 1, 0),
    ...others.map((id) => newcomer(op.stream, id, 'member', profiles, scene, 1, 0, strangers.has(id))),
  );
}

function conversation(
  op: OpOf<'conversation.create'>,
  { caller, now }: Scene,
  kind: ConversationRecord['kind'],
): Omit<ConversationRecord, 'rev'> {
  return {
    type: 'conversation',
    id: op.stream,
    stream: op.stream,
    kind,
    ...(op.title === undefined ? {} : { title: op.title }),
    createdBy: caller,
    createdAt: now,
    history: op.history ?? 'all',
    pins: [],
  };
}

/** [OP11] */
async function update(op: OpOf<'conversation.update'>, scene: Scene): Promise<Decision> {
  const member = scene.state.presentMember(scene.caller);
  const present = scene.state.conversation;
  if (member === undefined || present === undefined) return noSuchConversation();
  if (!mayUpdate(op.stream, member.record.role)) return refuse('forbidden', 'only an admin may change a group');
  const { record } = present;
  const { title, about, avatar, ...rest } = unrevised(record);
  if (op.avatar !== undefined && op.avatar !== avatar) {
    // Claimed before the entry is stored, so that no crash leaves a group whose picture is swept away. [MD12]
    if (op.avatar !== null && !(await scene.files.picture(op.avatar, op.stream, scene.caller)))
      return refuse('not_found', 'no such picture', 'avatar');
    if (avatar !== undefined) await scene.files.release([avatar]);
  }
  const next: Omit<ConversationRecord, 'rev'> = {
    ...rest,
    ...optional('title', op.title, title),
    ...optional('about', op.about, about),
    ...optional('avatar', op.avatar, avatar),
    history: op.history ?? record.history,
  };
  const isSame = (['title', 'about', 'avatar', 'history'] as const).every((field) => next[field] === record[field]);
  if (isSame) return unchanged(present);
  const changed = { record: next, replaces: present };
  if (next.title === record.title) return write(changed);
  return write(eventDraft(op, scene, next.title === undefined ? {} : { title: next.title }), changed);
}

/** `null` clears a field, and an absent field stays as it is. */
function optional<K extends string, V>(key: K, given: V | null | undefined, held: V | undefined): { [P in K]?: V } {
  const value = given === undefined ? held : given;
  return (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

export const conversationRules: OpRules<'conversation.create' | 'conversation.update'> = {
  'conversation.create': { writesTo: 'conversation', decide: create },
  'conversation.update': { writesTo: 'conversation', decide: update },
};
