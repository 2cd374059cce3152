import { type StreamId, isConversation } from '#protocol/ids.ts';
import type { MembershipRecord } from '#protocol/record.ts';
import { type StartFollowUp, targetOf } from './append/compose.ts';
import type { AppendOwn } from './append/task.ts';
import type { Batches } from './batches.ts';
import type { CleanUp } from './clean-up.ts';
import type { EntryStore } from './entry-store.ts';
import { type Entry, type Held, type Plan, type Projection, isMarker, rootKey } from './entry.ts';
import { project } from './ops/own.ts';
import type { SharedMarks } from './shared-marks.ts';
import { readCurrent } from './stream-state.ts';

interface CompletionParts {
  store: EntryStore;
  batches: Pick<Batches, 'insert'>;
  appendOwn: AppendOwn;
  marks: SharedMarks;
  cleanUp: CleanUp;
  /** The server's clock, milliseconds since 1970. */
  now: () => number;
}

/**
 * What remains to be done once an op's first entry is durable: its other parts, the projections to personal streams, the
 * skeletons of replaced versions, the shared mark. The process that wrote the entry does it at once; after a crash it is done
 * when the stream is loaded, when a server starts, or periodically. Every step may run twice. [AP9]
 */
export interface Completion {
  /** For an op that this process has just stored. */
  start: StartFollowUp;
  /**
   * Before a stream's state is read: finishes the op at its tail, and projections that other processes left. `true`: the tail may
   * have moved.
   */
  completeTail(stream: StreamId, tail: Entry): Promise<boolean>;
  /** Finishes everything half done that is older than `before`, in all streams. Resolves with the number of those ops. */
  completeOlder(before: number): Promise<number>;
}

export function createCompletion({ store, batches, appendOwn, marks, cleanUp, now }: CompletionParts): Completion {
  const start: StartFollowUp = ({ entries, records }, { plan, old, wipes, shares }) => {
    const root = entries[0] as Entry;
    const [record] = records;
    if (shares && record?.type === 'membership') {
      // The version that it replaces is stripped when the op is marked as finished, once the mark is shared. If the two were done
      // separately, a failed strip would be forgotten with the finished op.
      share(root, { record, hidden: root }, old);
      return { blocks: 'nothing' };
    }
    if (plan.projections.length > 0) return { blocks: 'next op', work: finish(root, plan, old) };
    // What was deleted or edited must be gone from the disk before the answer. [RC2]
    if (wipes) return { blocks: 'answer', work: wipe(root, old) };
    cleanUp.later(old, [root._id]);
    return { blocks: 'nothing' };
  };

  async function wipe(root: Entry, old: readonly string[]): Promise<void> {
    await store.strip(old, now());
    cleanUp.later([], [root._id]);
  }

  async function finish(root: Entry, plan: Plan, old: readonly string[]): Promise<void> {
    const outcomes = await Promise.all(plan.projections.map(carry));
    if (outcomes.every(Boolean)) cleanUp.later(old, [root._id]);
  }

  async function carry(projection: Projection): Promise<boolean> {
    const { key, userId, conversation, accepts } = projection;
    // It names the chat, so that the marks that had to wait for it are shared after a crash too. [RQ2]
    const named = accepts === true ? { named: conversation } : {};
    const stream = targetOf(projection);
    return (await appendOwn({ stream, key, user: userId, ...named, rule: project, input: projection })).ok;
  }

  function share(root: Entry, { record, hidden }: Pick<Held<MembershipRecord>, 'record' | 'hidden'>, old: string[]) {
    const { conversation, readSeq, isRequest } = record;
    const { user, _id: key } = root;
    const { deliveredSeq = readSeq, sourceRev } = hidden;
    const acceptedRev = isRequest === true ? undefined : sourceRev;
    marks.add({ conversation, user, readSeq, deliveredSeq, acceptedRev, shared: [{ key, old }] });
  }

  async function writeParts(root: Entry): Promise<void> {
    if (root.plan === undefined) return;
    let { parts } = JSON.parse(root.plan) as Plan;
    const last = parts.at(-1);
    if (last === undefined) return;
    const messageAt = parts.some(({ type }) => type === 'message') ? root.storedAt : 0;
    let moves = [{ stream: root.stream, prev: root.rev, head: last.rev, messageAt }];
    // The plan fixes the revs, so a part that is already stored is the same one and is skipped.
    while (parts.length > 0) {
      parts = parts.slice((await batches.insert(parts, moves)).written + 1);
      moves = [];
    }
  }

  async function complete(root: Entry): Promise<void> {
    if (root.plan !== undefined) {
      await writeParts(root);
      const { projections } = JSON.parse(root.plan) as Plan;
      const outcomes = await Promise.all(projections.map(carry));
      if (!outcomes.every(Boolean)) return;
    }
    if (root.replaced !== undefined) await store.strip(root.replaced, now());
    if (root.type === 'membership' && root.named !== undefined) {
      // The current version, whichever it is: the mark may have been replaced before it was shared.
      const present = await readCurrent(store, root.stream, 'membership', root.id);
      if (present !== undefined) return share(root, present, []);
    }
    await store.finish([root._id]);
  }

  return {
    start,
    async completeTail(stream, tail) {
      if (!isConversation(stream)) return false;
      if (tail.part < tail.partCount) {
        const [root] = await store.byKeys([rootKey(tail)]);
        if (root !== undefined && !isMarker(root)) await writeParts(root);
      }
      for (const root of await store.pending({ stream })) await complete(root);
      return true;
    },
    async completeOlder(before) {
      const unfinished = await store.pending({ before });
      for (const root of unfinished) await complete(root);
      return unfinished.length;
    },
  };
}
