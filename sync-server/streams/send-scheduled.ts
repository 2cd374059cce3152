import { isRetryable } from '#protocol/errors.ts';
import { type UserId, personalStream, sentIdOf } from '#protocol/ids.ts';
import type { ScheduledMessage } from '#protocol/record.ts';
import type { AppendOwn } from './append/task.ts';
import type { Decision, Scene } from './decision.ts';
import type { EntryStore } from './entry-store.ts';
import { send } from './ops/messages.ts';
import { claim, settle } from './ops/scheduled.ts';
import type { People } from './people.ts';
import { type MaybePromise, readCurrent } from './stream-state.ts';

/** `over`: nothing is left to do. `early`: its time has not come. `again`: it is to be tried again. */
export type SendScheduled = (userId: UserId, place: string, isLastTry?: boolean) => Promise<'over' | 'early' | 'again'>;

interface SendScheduledParts {
  store: EntryStore;
  appendOwn: AppendOwn;
  people: People;
  /** Whether they may not write for now, because they are suspended or about to be deleted. */
  isBarred(userId: UserId): Promise<boolean>;
  now: () => number;
}

/**
 * Sends the message that waits in one place of a person's own stream if it is due. First the place is marked as being sent, so
 * that no change can come between; then the message is appended under an id that is always the same; then the place is emptied,
 * or gets the reason why the message could not be sent. A crash between the steps loses nothing, and repeating them sends nothing
 * twice. [SM3] [SM4]
 */
export function createSendScheduled(parts: SendScheduledParts): SendScheduled {
  const { store, appendOwn, people, isBarred, now } = parts;

  return async (user, place, isLastTry = false) => {
    const own = personalStream(user);
    const read = async () => (await readCurrent(store, own, 'scheduled', place))?.record.message ?? undefined;
    const found = await read();
    if (found === undefined || found.failure !== undefined) return 'over';
    const due = { place, scheduledId: found.id };
    if (found.isLeaving !== true) {
      if (Date.parse(found.dueAt) > now()) return 'early';
      if (!(await appendOwn({ stream: own, user, rule: claim, input: due })).ok) return 'again';
    }
    const message = await read();
    // It was changed meanwhile, so it is read again.
    if (message?.id !== found.id || message.isLeaving !== true) return 'again';
    const settled = async (failure?: ScheduledMessage['failure']) =>
      (await appendOwn({ stream: own, user, rule: settle, input: { ...due, failure } })).ok ? 'over' : 'again';
    if (!(await people.find([user])).has(user)) return settled();
    if (await isBarred(user)) return settled({ code: 'forbidden' });
    const sent = await appendOwn({
      stream: message.conversation,
      key: sentIdOf(message.id),
      user,
      rule: sendNow,
      input: message,
    });
    if (sent.ok) return settled();
    const { code, path } = sent.error;
    if (isRetryable(code) && !(isLastTry && code === 'internal')) return 'again';
    return settled({ code, ...(path === undefined ? {} : { path }) });
  };
}

/** Decided like a message that is sent now, except that mentions of people who have left meanwhile are dropped. */
function sendNow(message: ScheduledMessage, scene: Scene): MaybePromise<Decision> {
  const { id, conversation, text, attachments, replyTo, poll } = message;
  const mentions = message.mentions.filter((user) => scene.state.presentMember(user) !== undefined);
  const common = { id: sentIdOf(id), stream: conversation, kind: 'message.send', sentAt: scene.now } as const;
  const files = attachments.map(({ mediaId }) => ({ mediaId }));
  const more = { ...(replyTo === undefined ? {} : { replyTo }), ...(poll === undefined ? {} : { poll }) };
  return send({ ...common, text, mentions, attachments: files, ...more }, scene);
}
